// The present state of all entities as one value: the entities, their mailboxes, and whether these work.

package import Foundation
package import Message

/// Cheap to copy. ``MailboxStore/changes()`` yields a newer one after every change.
package struct Directory: Sendable, Equatable {
  /// Spelt as in the status file.
  package enum State: String, Sendable, Codable, CaseIterable {
    case disconnected, connected, paused, error
  }

  /// In the configuration's order.
  package let entities: [Entity]
  /// By entity key. Only of entities that the configuration names.
  package let mailboxes: [String: Mailbox]
  /// By entity key. A mailbox that works is absent.
  package let conditions: [String: Condition]
  /// By entity key. Also of entities that the configuration does not name.
  package let holds: [String: EntityHold]

  package init(
    entities: [Entity], mailboxes: [String: Mailbox] = [:], conditions: [String: Condition] = [:],
    holds: [String: EntityHold] = [:]
  ) {
    self.entities = entities
    self.mailboxes = mailboxes
    self.conditions = conditions
    self.holds = holds
  }

  package func entity(_ key: String) -> Entity? { entities.first { $0.key == key } }

  package func mailbox(of entity: String) -> Mailbox? { mailboxes[entity] }

  /// `nil` where nobody keeps all of its mail back.
  package func hold(of entity: String) -> EntityHold? { holds[entity] }

  /// The mailbox through which the entity's mail is sent now; `nil` where it has none, or all its mail is kept back.
  package func sendingMailbox(of entity: String) -> Mailbox? { holds[entity] == nil ? mailboxes[entity] : nil }

  package func condition(of entity: String) -> Condition { conditions[entity] ?? .working }

  /// A mailbox whose pause is over is connected.
  package func state(of entity: String, at now: Date) -> State {
    guard mailboxes[entity] != nil else { return .disconnected }
    return switch condition(of: entity) {
    case .working: .connected
    case .paused(let until, _): until > now ? .paused : .connected
    case .broken: .error
    }
  }

  /// The address and names under which the entity's mail goes out now; `nil` while it is disconnected.
  package func identity(of entity: String) -> Identity? {
    guard let mailbox = mailboxes[entity], let entity = self.entity(entity) else { return nil }
    return mailbox.identity(of: entity)
  }

  /// How much the entity's mailbox may send now: the entity's own limits, and its provider's where the entity has none.
  package func limits(of entity: String) -> SendingLimits {
    let own = self.entity(entity)?.limits ?? SendingLimits()
    return mailboxes[entity].map { $0.provider.limits.overridden(by: own) } ?? own
  }
}
