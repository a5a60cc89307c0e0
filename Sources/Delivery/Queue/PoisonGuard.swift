// The escalation guard. A wrong guess at what a refusal is about must not fail a whole queue: when three different
// messages in a row are refused with the same words about "the message", it is the mailbox. Pure.

import Diagnosis
import Foundation
import SMTP
import Spool

/// Refused messages that are kept back for a moment before they count as failed.
///
/// The first two are not lost while they are kept back: if the third comes in time, all three wait again. A message that
/// is refused alone, with none behind it, fails after `DeliveryTuning.suspense`.
struct PoisonGuard {
  /// A message with what came of it.
  struct Suspect {
    let id: MessageID
    let settlement: Settlement
    let outcomes: [Outcome]

    /// The same message, given back and not to be tried before `time`.
    func waiting(until time: Date) -> Suspect {
      let settlement = Settlement(recipients: [], words: settlement.words, due: time, returned: true)
      return Suspect(id: id, settlement: settlement, outcomes: outcomes)
    }
  }

  /// What is to be done with the message that was looked at last, and with those kept back before it.
  enum Finding {
    /// Settle these, the oldest first. Nothing is kept back.
    case settle([Suspect])
    /// Settle `before`; the message itself is kept back.
    case keepBack(before: [Suspect])
    /// The mailbox is the matter: these wait again. The outcome is the latest of them.
    case poisoned([Suspect], Outcome)
  }

  /// What refusals have in common.
  private struct Likeness: Equatable {
    let code: Int
    let enhanced: EnhancedCode?
  }

  static let mostAlike = 3

  private var kept: [Suspect] = []
  private var likeness: Likeness?
  /// All of the row, released or not.
  private var row: Set<MessageID> = []

  /// The row of refusals goes on until another one comes, or none: then it begins anew.
  mutating func examine(_ suspect: Suspect) -> Finding {
    guard let likeness = Self.likeness(of: suspect.outcomes) else { return .settle(endRow() + [suspect]) }
    let before = likeness == self.likeness ? [] : endRow()
    self.likeness = likeness
    row.insert(suspect.id)
    kept.append(suspect)
    return row.count >= Self.mostAlike ? .poisoned(release(), suspect.outcomes[0]) : .keepBack(before: before)
  }

  /// All that are kept back. The row goes on.
  mutating func release() -> [Suspect] {
    defer { kept = [] }
    return kept
  }

  /// The same for one of them, if it still is.
  mutating func release(_ id: MessageID) -> [Suspect] {
    kept.firstIndex { $0.id == id }.map { [kept.remove(at: $0)] } ?? []
  }

  /// The queue opens again: what was refused before says nothing of what is sent now. Those kept back stay so.
  mutating func forgetRow() {
    likeness = nil
    row = []
  }

  private mutating func endRow() -> [Suspect] {
    forgetRow()
    return release()
  }

  /// - Returns: `nil` when the message was not refused as such.
  private static func likeness(of outcomes: [Outcome]) -> Likeness? {
    // Its size is said of a message and of nothing else.
    guard let reply = outcomes.first?.reply, reply.code != 552, reply.enhanced != EnhancedCode(5, 3, 4),
      outcomes.allSatisfy({ $0.kind == .failed && $0.scope == .message && $0.reply == reply })
    else { return nil }
    return Likeness(code: reply.code, enhanced: reply.enhanced)
  }
}
