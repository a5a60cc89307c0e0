// One message on its way through as many transactions as its recipients need. RFC 5321 §4.5.3.1.10. Pure.

import Diagnosis
import Transport

struct RecipientSplit {
  /// One for each recipient, in the envelope's order.
  private var outcomes: [Outcome]
  /// Places in the envelope of those that no transaction has settled.
  private var rest: [Int]
  private var latest = Transmission(outcomes: [])
  /// An earlier transaction has reached the provider.
  private var isUnderway = false
  private var mayGoOn = true

  init(recipients: Int) {
    outcomes = Array(repeating: .forNextTransaction, count: recipients)
    rest = Array(0..<recipients)
  }

  /// The places for the next transaction; `nil` when there is to be none.
  func next(atMost most: Int) -> ArraySlice<Int>? {
    mayGoOn && !rest.isEmpty ? rest.prefix(max(most, 1)) : nil
  }

  /// What came of the transaction for these places, the first of the rest. What the provider found too many goes next.
  ///
  /// - Returns: how many it takes at once, where it has just said so.
  mutating func take(_ part: Transmission, for places: ArraySlice<Int>) -> Int? {
    for (place, outcome) in zip(places, part.outcomes) { outcomes[place] = outcome }
    isUnderway = isUnderway || latest.wasAnswered
    latest.isPerhapsSent = latest.isPerhapsSent || part.isPerhapsSent
    latest.writtenAt = part.writtenAt ?? latest.writtenAt
    latest.isStale = part.isStale
    latest.wasAnswered = latest.wasAnswered || part.wasAnswered
    latest.isConsequence = part.isConsequence
    latest.ending = part.ending
    let tooMany = places.filter { outcomes[$0].isForNextTransaction }
    let taken = places.count - tooMany.count
    rest = tooMany + rest.dropFirst(places.count)
    mayGoOn = taken > 0 && part.ending == nil && !part.outcomes.contains(where: \.endsMessage)
    return taken > 0 && !tooMany.isEmpty ? taken : nil
  }

  /// Those who have the message.
  func delivered(_ places: ArraySlice<Int>) -> [Int] { places.filter { outcomes[$0].kind == .delivered } }

  var isOver: Bool { rest.isEmpty || !mayGoOn }

  /// The provider has nothing of the message, and has said nothing of it: it may go over another session.
  var mayGoAgain: Bool { latest.mayGoAgain && !isUnderway }

  /// All transactions as one. Recipients none of them came to are left for another time.
  var transmission: Transmission {
    var whole = latest
    whole.outcomes = outcomes
    return whole
  }
}

extension Outcome {
  /// Further recipients would meet the same now.
  fileprivate var endsMessage: Bool { stopsMailbox || kind == .deferred && scope == .message }
}
