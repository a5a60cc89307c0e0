extension Torture { func misbehaveUpstream() throws {} }
