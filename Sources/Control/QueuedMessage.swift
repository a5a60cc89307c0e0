// One message of the queue as people and programs see it.

package import Foundation
import Mailboxes
import Message
import Platform
import SMTP
import Spool

/// With `held` as people understand it.
package struct QueuedMessage: Sendable, Equatable, Codable {
  package let id: Int64
  package let entity: String
  package let state: String
  package let sender: String
  package let recipients: [String]
  package let octets: Int
  package let receivedAt: Date
  /// When it is tried next, where that is a time.
  package let due: Date?
  /// When it is tried next, in words: "now", "under way", "at 2026-12-01T08:00:00Z", "when acme is released". `nil` for one
  /// that is not tried.
  package let nextAttempt: String?
  package let attempts: Int
  package let perhapsSent: Bool
  package let reason: String
  /// Why it is not tried: by a person's hand, for its mailbox, or for what it was when it came. `nil` for a message that
  /// is not held.
  package let heldBecause: String?
  /// The app that handed it in, the uid, and what else is known of the sender; `nil` where it is not known.
  package let app: String?
  package let uid: UInt32?
  package let identity: String?

  /// - Parameter outlook: of the entity's queue; `nil` where none runs.
  init(_ message: ListedMessage, in directory: Directory, _ outlook: SendingOutlook? = nil, at now: Date) {
    let next = NextAttempt(of: message, in: directory, outlook, at: now)
    id = message.id.rawValue
    entity = message.entity
    state = directory.keepsBack(message, at: now) ? ListedMessage.State.held.rawValue : message.state.rawValue
    sender = message.envelope.sender?.text ?? "<>"
    recipients = message.envelope.recipients.map(\.text)
    octets = message.octetCount
    receivedAt = message.receivedAt
    due = next?.date
    nextAttempt = next?.words(at: now)
    attempts = message.attempts
    perhapsSent = message.perhapsSent
    reason = message.words
    heldBecause = directory.hold(on: message, at: now)
    app = message.source.app
    uid = message.source.uid
    identity = message.source.identity.isEmpty ? nil : message.source.identity
  }

  /// `app erp (uid 1004, erp.service)`; `nil` where nothing is known.
  package var source: String? { MessageSource(client: "", app: app, uid: uid, identity: identity ?? "").words }
}

extension Directory {
  /// All mail of its entity waits for a person.
  fileprivate func keepsBack(_ message: ListedMessage, at now: Date) -> Bool {
    message.state.isQueued && message.state != .unknown
      && (hold(of: message.entity) != nil
        || [.disconnected, .error].contains(mailboxState(of: message.entity, at: now)))
  }

  /// Keys of the relay's own have no mailbox, and need none.
  private func mailboxState(of key: String, at now: Date) -> State {
    SpoolKey.isEntity(key) ? state(of: key, at: now) : .connected
  }

  fileprivate func hold(on message: ListedMessage, at now: Date) -> String? {
    guard message.state.isQueued else { return nil }
    if message.state == .held { return message.holdSentence }
    if let doubt = Doubt(about: message, in: self), let sentence = doubt.sentence { return sentence }
    if let hold = hold(of: message.entity) { return "\(hold)" }
    return switch mailboxState(of: message.entity, at: now) {
    case .disconnected: "No mailbox is connected to \(message.entity)."
    case .error: condition(of: message.entity).fault?.summary
    case .connected, .paused: nil
    }
  }
}

extension ListedMessage {
  /// Of a message that is held in the queue itself.
  fileprivate var holdSentence: String {
    let reason = heldBecause?.harmless()
    if SpoolKey.isPending(entity) { return reason ?? "Held for an unknown sender: letterhead app pending" }
    guard let reason else { return "Held by hand, until: letterhead queue release \(id)" }
    return "\(reason)\(reason.hasSuffix(".") ? "" : ".") To send it: letterhead queue release \(id)"
  }
}
