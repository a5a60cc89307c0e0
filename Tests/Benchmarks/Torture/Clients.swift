extension Torture { func misbehaveAsClients() throws {} }
