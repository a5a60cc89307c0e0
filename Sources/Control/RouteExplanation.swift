// What would become of a message: whose it is, what is made of it on its way, and what it may not exceed.

import Access
import Foundation
import Mailboxes
import Message
import SMTP

package struct RouteExplanation: Sendable, Equatable, Codable {
  package enum Fate: String, Sendable, Codable { case accepted, held, refused }

  package let outcome: Fate
  package let app: String?
  package let entity: String?
  /// Why that entity, or why none.
  package let reason: String
  /// `nil` where it is nobody's yet, or refused.
  package var handling: RouteHandling?
  /// Of each who sets some, the listeners' own first. Empty where it is refused.
  package var limits: [RouteLimits] = []
}

/// What the app's mode, its entity and the entity's mailbox make of a message.
package struct RouteHandling: Sendable, Equatable, Codable {
  /// The app's, as the configuration writes it.
  package let mode: String
  /// As which it goes out; `nil` while no mailbox is connected.
  package let address: String?
  /// `keep`, `entity` or `mailbox`.
  package let displayName: String
  /// The name in From; `nil`: the app's own.
  package let name: String?
  /// `original` or `none`.
  package let replyTo: String
  /// Why it would wait, in a sentence; `nil`: it would go out.
  package let waits: String?
}

/// What one of those who set limits asks of a message, or of many. `nil` is no limit.
package struct RouteLimits: Sendable, Equatable, Codable {
  /// As people find it: `[limits]`, `[app.erp.limits]`, `mailbox`.
  package let place: String
  package var maxMessageBytes: Int?
  package var recipientsPerMessage: Int?
  package var messagesPerMinute: Int?
  package var messagesPerDay: Int?
  package var recipientsPerDay: Int?
  /// What becomes of a message beyond the rate.
  package var beyond: String?
}

extension RouteExplanation {
  init(of decision: RouteDecision, by rules: SendingRules, _ client: ClientIdentity) {
    let app = rules.app(of: client)
    self.app = app?.name
    switch decision {
    case .entity(let entity, let why):
      outcome = app?.mode == .hold ? .held : .accepted
      (self.entity, reason) = (entity.key, why.words)
    case .pending(let key):
      (outcome, entity) = (.held, nil)
      reason = "no app matches \(client.title), so it waits for an administrator as \(key): letterhead app pending"
    case .refused(let refusal):
      (outcome, entity, reason) = (.refused, nil, refusal.reply.text)
    case .undecided:
      (outcome, entity, reason) = (.refused, nil, "the header decides")
    }
  }
}

extension RouteReason {
  fileprivate var words: String {
    switch self {
    case .named(.header): "named by X-Letterhead-Entity"
    case .named(.user): "named at sign-in"
    case .named(.address): "named by the sender's part behind the plus"
    case .listener: "the listener's entity"
    case .sender: "its senders match the envelope's sender"
    case .author: "its senders match the header's From"
    case .firstOfApp: "the first of the app's entities"
    case .isDefault: "the default entity"
    }
  }
}

extension RouteHandling {
  init(of entity: Entity, by app: App?, in directory: Directory, at now: Date) {
    let mode = app?.mode ?? .normal
    let mailbox = directory.mailbox(of: entity.key)
    self.mode = mode.text
    address = mailbox?.address.text
    displayName = entity.displayName.rawValue
    name =
      switch entity.displayName {
      case .keep: nil
      case .entity: entity.name
      case .mailbox: mailbox?.displayName ?? entity.name
      }
    replyTo = entity.replyTo.rawValue
    waits = mode == .sandbox ? nil : directory.obstacle(of: entity.key, at: now)
  }
}

extension Directory {
  /// What keeps all mail of an entity from going out, and the command that shows or ends it.
  fileprivate func obstacle(of entity: String, at now: Date) -> String? {
    if let hold = hold(of: entity) { return "\(hold)" }
    return switch (state(of: entity, at: now), condition(of: entity)) {
    case (.disconnected, _): "No mailbox is connected. Run: letterhead connect \(entity) --help"
    case (.error, .broken(let fault, _)): "The error flag is up: \(fault.summary) Run: letterhead status"
    case (.paused, .paused(let until, _)): "The mailbox is paused until \(until.formatted(.iso8601))."
    case (.connected, _), (.error, _), (.paused, _): nil
    }
  }
}

extension RouteLimits {
  /// What the configuration says for every message that comes in.
  init(of settings: ControlSettings) {
    self.init(
      place: "[limits]", maxMessageBytes: settings.maxMessageOctets, recipientsPerMessage: settings.maxRecipients)
  }

  /// - Returns: `nil` where the app has none.
  init?(of app: App) {
    let limits = app.limits
    self.init(
      place: "[app.\(app.name).limits]", maxMessageBytes: limits.maxMessageOctets,
      messagesPerMinute: limits.messagesPerMinute, messagesPerDay: limits.messagesPerDay,
      recipientsPerDay: limits.recipientsPerDay)
    if isEmpty { return nil }
    beyond = limits.beyond.rawValue
  }

  /// - Parameter maximumOctets: that its way out takes; `nil`: not known.
  /// - Returns: `nil` where the mailbox has none, or none is known.
  init?(ofMailbox limits: SendingLimits, upTo maximumOctets: Int?) {
    self.init(
      place: "mailbox", maxMessageBytes: maximumOctets, recipientsPerMessage: limits.recipientsPerMessage,
      messagesPerMinute: limits.messagesPerMinute, recipientsPerDay: limits.recipientsPerDay)
    if isEmpty { return nil }
  }

  private var isEmpty: Bool {
    [maxMessageBytes, recipientsPerMessage, messagesPerMinute, messagesPerDay, recipientsPerDay]
      .allSatisfy { $0 == nil }
  }
}
