// An unknown sender whose mail is held, as an administrator sees it who has to decide.

import Access
package import Foundation
import Message
import SMTP
import Spool

package struct PendingSender: Sendable, Equatable, Codable {
  /// Names it in `app approve` and `app deny`.
  package let key: String
  /// What is known of it: `uid 33, php8.2-fpm.service`.
  package let identity: String
  /// The client's address and name, and the listener's address, of the first message.
  package let client: String
  package let listener: String?
  package private(set) var count: Int
  package let first: Date
  package private(set) var last: Date
  /// Of the first message.
  package let sender: String
  package let recipients: [String]
  package let message: Int64

  /// - Returns: `nil` for a message of an entity.
  init?(first message: ListedMessage) {
    guard SpoolKey.isPending(message.entity), let key = PendingKey(message.entity) else { return nil }
    self.key = "\(key)"
    identity = message.source.words ?? key.words
    client = message.source.client
    listener = message.source.listener
    count = 1
    (first, last) = (message.receivedAt, message.receivedAt)
    sender = message.envelope.sender?.text ?? "<>"
    recipients = message.envelope.recipients.prefix(5).map(\.text)
    self.message = message.id.rawValue
  }

  mutating func add(_ message: ListedMessage) {
    count += 1
    last = message.receivedAt
  }
}

extension Spool {
  /// Everybody whose mail is held for a decision, the one who came first first. Reads all that is held, page by page.
  func pendingSenders() async throws(SpoolError) -> [PendingSender] {
    var found: [String: PendingSender] = [:]
    var place: MessageID?
    repeat {
      let page = try await list(state: .held, after: place)
      for message in page {
        if found[message.entity]?.add(message) == nil { found[message.entity] = PendingSender(first: message) }
      }
      place = page.last?.id
    } while place != nil
    return found.values.sorted { $0.message < $1.message }
  }
}
