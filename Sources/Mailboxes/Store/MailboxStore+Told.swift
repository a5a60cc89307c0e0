// What people were last told of each entity's flag, so that every change is told once, over restarts too.

extension MailboxStore {
  /// The flags people know of, by entity key.
  package func toldFlags() async throws(StoreError) -> [String: Fault] { try await storage.toldFaults() }

  /// - Parameter fault: `nil`: people know that the flag is down.
  package func setTold(_ fault: Fault?, of entity: String) async throws(StoreError) {
    try await storage.setTold(fault, of: entity)
  }
}
