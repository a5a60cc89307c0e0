// How much a mailbox may send, as a provider or the configuration says.

/// How much a mailbox may send. `nil`: no limit is known.
package struct SendingLimits: Sendable, Equatable {
  package var maxConnections: Int?
  package var messagesPerMinute: Int?
  package var recipientsPerMessage: Int?
  /// In any 24 hours.
  package var recipientsPerDay: Int?

  package init(
    maxConnections: Int? = nil, messagesPerMinute: Int? = nil, recipientsPerMessage: Int? = nil,
    recipientsPerDay: Int? = nil
  ) {
    self.maxConnections = maxConnections
    self.messagesPerMinute = messagesPerMinute
    self.recipientsPerMessage = recipientsPerMessage
    self.recipientsPerDay = recipientsPerDay
  }

  /// These limits, with those of `other` in place of theirs.
  package func overridden(by other: SendingLimits) -> SendingLimits {
    SendingLimits(
      maxConnections: other.maxConnections ?? maxConnections,
      messagesPerMinute: other.messagesPerMinute ?? messagesPerMinute,
      recipientsPerMessage: other.recipientsPerMessage ?? recipientsPerMessage,
      recipientsPerDay: other.recipientsPerDay ?? recipientsPerDay)
  }
}
