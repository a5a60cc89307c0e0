// What a mailbox has sent lately, kept by its address: the provider goes on counting over a reconnect.

import Foundation

extension MailboxStore {
  /// - Parameter address: in any spelling of its letters.
  /// - Returns: `nil` where nothing is kept, or nothing that can be read.
  package func sendingRecord<Record: Decodable & Sendable>(
    of address: String, as record: Record.Type
  ) async throws(StoreError) -> Record? {
    let text = try await storage.sendingRecord(of: address.lowercased())
    return text.flatMap { try? JSONDecoder().decode(Record.self, from: Data($0.utf8)) }
  }

  /// On disk when it returns. No change of the directory: nobody is told.
  package func setSendingRecord(_ record: some Encodable & Sendable, of address: String) async throws(StoreError) {
    guard let octets = try? JSONEncoder().encode(record) else {
      throw .unusable(path: storage.name, reason: "what \(address) has sent cannot be written as JSON")
    }
    try await storage.setSendingRecord(String(decoding: octets, as: UTF8.self), of: address.lowercased())
  }
}
