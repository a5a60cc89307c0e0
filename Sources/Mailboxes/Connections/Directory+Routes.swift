// The route of a message: how its entity is found.

package import SMTP

/// What a message's envelope tells of its entity.
package enum RouteByEnvelope: Equatable, Sendable {
  case entity(Entity)
  /// The header's From decides: ask `entity(forAuthors:)` when it has come.
  case undecided
  /// The message is refused with 550 5.7.1.
  case none
}

extension Directory {
  /// The entity of the listener; else the first entity, in the configuration's order, with a pattern for the sender; else
  /// the header's From decides, where it can name another than the default entity; else that.
  ///
  /// - Parameters:
  ///   - originalSender: the envelope's sender, before any rewriting; `nil` is the null sender.
  ///   - listener: the entity key of the listener that took the message, where the listener has one.
  package func route(for originalSender: Address?, listener: String?) -> RouteByEnvelope {
    if let listener { return entity(listener).map { .entity($0) } ?? .none }
    if let match = entities.first(where: { $0.claims(originalSender) }) { return .entity(match) }
    if entities.contains(where: { !$0.isDefault && !$0.senders.isEmpty }) { return .undecided }
    return defaultEntity.map { .entity($0) } ?? .none
  }

  /// The first entity, in the configuration's order, with a pattern for one of the authors; else the default entity.
  ///
  /// - Parameter authors: of the header's From, before any rewriting.
  /// - Returns: `nil`: the message is refused with 550 5.7.1.
  package func entity(forAuthors authors: [Address]) -> Entity? {
    entities.first { entity in authors.contains(where: entity.claims) } ?? defaultEntity
  }

  private var defaultEntity: Entity? { entities.first(where: \.isDefault) }
}

extension Entity {
  fileprivate func claims(_ sender: Address?) -> Bool { senders.contains { $0.matches(sender) } }
}
