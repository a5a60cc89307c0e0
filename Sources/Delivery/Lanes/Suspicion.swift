// The escalation guard. A wrong guess at what a refusal is about must not fail a whole queue: when three different
// messages in a row are refused with the same words about "the message", it is the mailbox.

import Foundation
import SMTP
import Spool

/// Refused messages that are kept back for a moment before they count as failed.
///
/// The first two are not lost either while they are kept back: if the third comes in time, all three wait again.
/// One that is refused alone, with nothing behind it, fails after `Pace.suspense`.
struct Suspicion {
  struct Suspect {
    let message: SpooledMessage
    let settlement: Settlement
    let outcome: Outcome
  }

  /// What refusals have in common.
  struct Likeness: Equatable {
    let code: Int
    let enhanced: EnhancedCode?
  }

  private(set) var suspects: [Suspect] = []
  private var likeness: Likeness?
  private var seen: Set<MessageID> = []

  static let tooMany = 3

  /// - Returns: `nil` when the message was not refused as such: it breaks the row.
  static func likeness(of outcomes: [Outcome]) -> Likeness? {
    // Its size is said of a message and of nothing else.
    guard let first = outcomes.first, let reply = first.reply, reply.code != 552,
      reply.enhanced != EnhancedCode(5, 3, 4),
      outcomes.allSatisfy({ $0.kind == .failed && $0.scope == .message && $0.reply == reply })
    else { return nil }
    return Likeness(code: reply.code, enhanced: reply.enhanced)
  }

  var isRow: Bool { seen.count >= Self.tooMany }

  func matches(_ other: Likeness) -> Bool { likeness == other }

  mutating func add(_ suspect: Suspect, _ likeness: Likeness) {
    self.likeness = likeness
    seen.insert(suspect.message.id)
    suspects.append(suspect)
  }

  /// Hands out those kept back. The row goes on.
  mutating func release() -> [Suspect] {
    defer { suspects = [] }
    return suspects
  }

  /// The same for one of them.
  mutating func release(_ id: MessageID) -> Suspect? {
    guard let place = suspects.firstIndex(where: { $0.message.id == id }) else { return nil }
    return suspects.remove(at: place)
  }

  /// Something else came: the row is broken.
  mutating func clear() {
    likeness = nil
    seen = []
  }
}
