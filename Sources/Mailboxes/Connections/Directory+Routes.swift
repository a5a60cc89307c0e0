// The route of a message: how its entity is found.

package import SMTP

extension Directory {
  /// The entity of the listener; else the first entity, in the configuration's order, with a pattern for the sender; else
  /// the default entity.
  ///
  /// - Parameters:
  ///   - originalSender: the envelope's sender, before any rewriting; `nil` is the null sender, which no pattern matches.
  ///   - listener: the entity key of the listener that took the message, where the listener has one.
  /// - Returns: `nil`: the message is refused with 550 5.7.1.
  package func entity(for originalSender: Address?, listener: String?) -> Entity? {
    if let listener { return entity(listener) }
    if let originalSender, let match = entities.first(where: { $0.claims(originalSender) }) { return match }
    return entities.first { $0.isDefault }
  }
}

extension Entity {
  fileprivate func claims(_ sender: Address) -> Bool { senders.contains { $0.matches(sender) } }
}
