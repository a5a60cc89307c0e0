// One page of the queue, or of one's own messages in it. Whoever wants all of it asks for page after page, so that nothing here waits for a slow reader.

import Access
package import Foundation
import Mailboxes
import Message
import Platform
import SMTP
package import Spool

package struct ListMessages: ControlVerb {
  /// So many messages at most come in one answer.
  package static let largestPage = 500

  /// Of this entity only.
  package let entity: String?
  /// The last message of the page before.
  package let after: Int64?
  /// In this state only.
  package let state: ListedMessage.State?

  package init(entity: String? = nil, after: Int64? = nil, state: ListedMessage.State? = nil) {
    self.entity = entity
    self.after = after
    self.state = state
  }

  var permission: Permission { .readQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    if let entity { try context.settings.requireEntity(entity) }
    let spool = try context.spool
    let directory = try await context.mailboxes.load()
    let after = after.map { MessageID(rawValue: $0) }
    let page =
      if let uid = try context.ownMessagesOnly {
        try await spool.list(of: uid, entity: entity, state: state, after: after, limit: Self.largestPage)
      } else {
        try await spool.list(entity: entity, state: state, after: after, limit: Self.largestPage)
      }
    for message in page { try await say(.message(QueuedMessage(message, in: directory, at: Date()))) }
    return .done("")
  }
}

/// One message of the queue as people see it, with `held` as they understand it.
package struct QueuedMessage: Sendable, Equatable, Codable {
  package let id: Int64
  package let entity: String
  package let state: String
  package let sender: String
  package let recipients: [String]
  package let octets: Int
  package let receivedAt: Date
  package let due: Date?
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

  init(_ message: ListedMessage, in directory: Directory, at now: Date) {
    let isHeld =
      message.state.isQueued && [.disconnected, .error].contains(directory.mailboxState(of: message.entity, at: now))
    id = message.id.rawValue
    entity = message.entity
    state = isHeld ? ListedMessage.State.held.rawValue : message.state.rawValue
    sender = message.envelope.sender?.text ?? "<>"
    recipients = message.envelope.recipients.map(\.text)
    octets = message.octetCount
    receivedAt = message.receivedAt
    due = isHeld ? nil : directory.due(of: message, at: now)
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
  /// Keys of the relay's own have no mailbox, and need none.
  fileprivate func mailboxState(of key: String, at now: Date) -> State {
    SpoolKey.isEntity(key) ? state(of: key, at: now) : .connected
  }

  /// When a message is tried next: not before its mailbox's pause is over, and never in the past. `nil` for one that is not
  /// tried.
  fileprivate func due(of message: ListedMessage, at now: Date) -> Date? {
    guard [.waiting, .deferred].contains(message.state) else { return nil }
    guard case .paused(let until, _) = condition(of: message.entity) else { return max(now, message.due) }
    return max(until, message.due, now)
  }

  fileprivate func hold(on message: ListedMessage, at now: Date) -> String? {
    switch (message.state, mailboxState(of: message.entity, at: now)) {
    case (.failed, _): nil
    case (.held, _): message.holdSentence
    case (_, .disconnected): "No mailbox is connected to \(message.entity)."
    case (_, .error): condition(of: message.entity).fault?.summary
    case (_, .connected), (_, .paused): nil
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
