// The escalation guard. A rule that is wrong about who is meant must not fail a whole queue: when three different messages,
// or a refusal of three different recipients, are refused with the same words and nothing is taken in between, the rule is
// doubted, and a self-test of the mailbox decides. Pure.

import Diagnosis
import Foundation
import SMTP
import Spool

/// Refused messages that are kept back for a moment before they count as failed.
///
/// The first two are not lost while they are kept back: if the third comes in time, all three wait for the self-test. A
/// message that is refused alone, with none behind it, fails after `DeliveryTuning.suspense`, and comes back if the mailbox
/// is found to be meant after all.
struct PoisonGuard {
  /// A message with what came of it.
  struct Suspect {
    let message: LoggedMessage
    let settlement: Settlement
    /// `nil`: it was not refused, or by a rule that names its own fault.
    let refusal: MessageRefusal?
    /// The refused recipients; the message itself, where that is meant.
    let refused: Set<String>
    /// What settling it counts as.
    var tally = AttemptTally()

    var id: MessageID { message.id }

    /// The same message, given back and not to be tried before `time`.
    func waiting(until time: Date?) -> Suspect {
      let settlement = Settlement(
        recipients: [], words: settlement.words, due: time, returned: time != nil, perhapsSent: settlement.perhapsSent,
        unknown: settlement.unknown)
      return Suspect(message: message, settlement: settlement, refusal: refusal, refused: refused)
    }
  }

  /// What is to be done with the message that was looked at last, and with those kept back before it.
  enum Finding {
    /// Settle these, the oldest first.
    case settle([Suspect])
    /// Settle `before`; the message itself is kept back.
    case keepBack(before: [Suspect])
    /// The same, and the rule is doubted: ask the mailbox.
    case doubt
  }

  var isQuiet: Bool { row.isEmpty && kept.isEmpty && !isAsking }

  static let mostAlike = 3
  /// The row remembers so many messages, and keeps back so many.
  static let mostRemembered = 1000

  private var kept: [Suspect] = []
  private(set) var pattern: RefusalPattern?
  /// Who was refused in this row, and the messages: released or not.
  private var refused: Set<String> = []
  private var row: [MessageID] = []
  /// The self-test has been asked for and has not answered.
  private(set) var isAsking = false

  /// The row of refusals goes on until something is taken, or something else is said.
  ///
  /// - Parameters:
  ///   - taken: the provider has taken the message for some recipient.
  ///   - isVouched: a self-test has shown that the mailbox is not meant by these words.
  mutating func examine(_ suspect: Suspect, taken: Bool = false, isVouched: Bool = false) -> Finding {
    if taken { return .settle(endRow() + [suspect]) }
    guard let refusal = suspect.refusal, !isVouched else { return .settle([suspect]) }
    let before = pattern == nil || refusal.pattern == pattern ? [] : endRow()
    pattern = refusal.pattern
    refused.formUnion(suspect.refused)
    if row.count < Self.mostRemembered, !row.contains(suspect.id) { row.append(suspect.id) }
    guard kept.count < Self.mostRemembered else { return .settle(before + [suspect.waiting(until: nil)]) }
    kept.append(suspect)
    guard refused.count >= Self.mostAlike, !isAsking else { return .keepBack(before: before) }
    isAsking = true
    return .doubt
  }

  /// All that are kept back. The row goes on.
  mutating func release() -> [Suspect] {
    defer { kept = [] }
    return kept
  }

  /// The same for one of them, if it still is and nobody is being asked about it.
  mutating func release(_ id: MessageID) -> [Suspect] {
    if isAsking { return [] }
    return kept.firstIndex { $0.id == id }.map { [kept.remove(at: $0)] } ?? []
  }

  /// The mailbox is not meant by these words: those kept back fail.
  mutating func acquit() -> [Suspect] {
    isAsking = false
    return endRow()
  }

  /// Nobody could say who is meant: those kept back wait as after a temporary failure, and the row goes on.
  mutating func postpone() -> [Suspect] {
    isAsking = false
    return release().map { $0.waiting(until: nil) }
  }

  /// The mailbox is meant.
  ///
  /// - Returns: those kept back, and all of the row, of which some have failed.
  mutating func convict() -> (kept: [Suspect], row: [MessageID]) {
    isAsking = false
    let row = row
    return (endRow(), row)
  }

  /// The queue opens again: what was refused before says nothing of what is sent now. Those kept back stay so.
  mutating func forgetRow() {
    (pattern, refused, row) = (nil, [], [])
  }

  /// Nobody's answer is waited for any more.
  private mutating func endRow() -> [Suspect] {
    forgetRow()
    isAsking = false
    return release()
  }
}
