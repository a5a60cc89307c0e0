// How much is remembered of messages that have ended.

/// The configuration's `history` keys.
package struct HistorySettings: Sendable, Equatable {
  /// For how long a message is remembered from its end on; zero: nothing is.
  package var age: Duration
  /// The newest so many messages are remembered, by their numbers.
  package var most: Int
  package var addresses: HistoryAddresses

  package init(
    age: Duration = .seconds(30 * 86_400), most: Int = 1_000_000, addresses: HistoryAddresses = .full
  ) {
    self.age = age
    self.most = most
    self.addresses = addresses
  }

  package static let off = HistorySettings(age: .zero)

  package var isOn: Bool { age > .zero }

  /// What may be deleted at `now`.
  ///
  /// - Parameter isPressed: the disk is short of room, and mail needs it more.
  func limit(at now: Timestamp, isPressed: Bool) -> HistoryLimit {
    isOn && !isPressed ? HistoryLimit(endedBefore: now - age, most: most) : HistoryLimit(endedBefore: now, most: 0)
  }
}

/// How much of envelope addresses is remembered, also where they stand in a provider's words.
package enum HistoryAddresses: String, Sendable, CaseIterable {
  case full
  /// `@example.org` of ada@example.org.
  case domain
  case none
}

/// Which rows of the history are too many.
package struct HistoryLimit: Sendable, Equatable {
  package let endedBefore: Timestamp
  /// Messages are counted by their numbers: those whose number is so much below the newest are too many.
  package let most: Int

  package init(endedBefore: Timestamp, most: Int) {
    self.endedBefore = endedBefore
    self.most = most
  }
}
