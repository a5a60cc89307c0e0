extension Torture { func takeResources() throws {} }
