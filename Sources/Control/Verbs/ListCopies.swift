// Copies that are still to be put into mailboxes' folders of sent messages, or one's own among them.

import Access
package import Foundation
import Mailboxes
import Message
import Spool

package struct ListCopies: ControlVerb {
  package let entity: String?

  package init(of entity: String? = nil) { self.entity = entity }

  var permission: Permission { .readQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    if let entity { try context.settings.requireEntity(entity) }
    let owner = try context.ownMessagesOnly
    let spool = try context.spool
    let keys = try await context.mailboxes.load().entities.map(\.key).filter { entity == nil || $0 == entity }
    for key in keys {
      for message in try await spool.sentCopies(of: key) where owner == nil || message.source.uid == owner {
        if let due = DueCopy(message) { try await say(.copy(due)) }
      }
    }
    return .done("")
  }
}

/// One copy that is still to be filed, as `letterhead sent` prints it.
package struct DueCopy: Sendable, Equatable, Codable {
  package let id: Int64
  package let entity: String
  package let messageID: String?
  /// When the provider took the message.
  package let sentAt: Date
  /// It was begun and has no answer: it is looked for before it is filed.
  package let isPerhapsFiled: Bool
  package let nextAttemptAt: Date
  package let attempts: Int
  package let octets: Int
  /// Why it is not there yet; empty before the first attempt.
  package let reason: String

  init?(_ message: ListedMessage) {
    guard let copy = message.copy, copy.isOpen else { return nil }
    id = message.id.rawValue
    entity = message.entity
    messageID = copy.messageID?.description
    sentAt = copy.sentAt
    isPerhapsFiled = copy.stage == .begun
    nextAttemptAt = copy.due
    attempts = copy.attempts
    octets = message.octetCount
    reason = copy.finding
  }
}
