// Which messages a listing or a change is about, told by what people see of them.

package import Foundation
import Mailboxes
import SMTP
package import Spool

/// Everything that is not `nil` narrows it.
package struct QueueFilter: Sendable, Equatable, Codable {
  package var entity: String?
  /// The app's name.
  package var app: String?
  /// An address, or a pattern as in `senders`: `*@example.org`. Only recipients who are still to come, or have failed.
  package var recipient: String?
  package var receivedBefore: Date?
  /// Then or later.
  package var receivedSince: Date?
  /// As it is listed: mail of an entity without a working mailbox is held.
  package var state: ListedMessage.State?

  package init(
    entity: String? = nil, app: String? = nil, recipient: String? = nil, receivedBefore: Date? = nil,
    receivedSince: Date? = nil, state: ListedMessage.State? = nil
  ) {
    self.entity = entity
    self.app = app
    self.recipient = recipient
    self.receivedBefore = receivedBefore
    self.receivedSince = receivedSince
    self.state = state
  }

  /// Whether `text` can be a `recipient`.
  package static func takesRecipient(_ text: String) -> Bool { SenderPattern(text) != nil }

  /// Nothing but the entity narrows it.
  package var isOfEntityOnly: Bool {
    var rest = self
    rest.entity = nil
    return rest == QueueFilter()
  }

  /// The state in which the spool keeps the messages that are meant; `nil`: they are in several.
  var storedState: ListedMessage.State? { state == .held ? nil : state }

  /// But for the entity, which the spool looks for.
  func means(_ message: QueuedMessage, to recipients: [Address]) -> Bool {
    // Delivered: not one that is waited for.
    if state == nil, message.state == ListedMessage.State.filing.rawValue { return false }
    if let app, message.app != app { return false }
    if let receivedBefore, message.receivedAt >= receivedBefore { return false }
    if let receivedSince, message.receivedAt < receivedSince { return false }
    if let state, message.state != state.rawValue { return false }
    guard let recipient else { return true }
    guard let pattern = SenderPattern(recipient) else { return false }
    return recipients.contains { pattern.matches($0) }
  }
}
