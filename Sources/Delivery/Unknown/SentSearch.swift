// What is to be done about messages whose end was written and whose answer never came: when the Sent folder is looked into,
// and what it means what is found there. Pure: the time is handed in.

import Foundation
import Mailboxes
import Message
import SMTP
import Spool
import Transport

/// Of one mailbox, as it is connected and configured now.
struct SentSearch: Equatable, Sendable {
  /// Looks come so many seconds after the last octet: some providers file a copy a minute late.
  static let looks: [TimeInterval] = [10, 60, 300]
  /// After that nobody answers there any more.
  static let longestLook = Duration.seconds(60)
  /// The most messages of the folder that one look reads.
  static let mostHeaders = 200
  /// By so much the provider's clock may be behind.
  static let clockDifference: TimeInterval = 120
  /// Where the folder cannot be reached, the message waits no longer than this.
  static let longestWait: TimeInterval = 24 * 3600

  /// A message whose outcome is unknown.
  struct Unanswered: Equatable, Sendable {
    let id: MessageID
    let outcome: UnknownOutcome
    /// When it is looked for next.
    let due: Date
    /// Its other recipients have it by another transaction, which has left its own copy in Sent.
    let isPartlyDelivered: Bool
    /// So many other messages with its Message-ID the provider has taken of late; each may have left a copy.
    var taken = 0
  }

  enum Step: Equatable, Sendable {
    /// `nil`: there is nothing to look for.
    case rest(until: Date?)
    /// Nothing has to be looked for to know this.
    case decide([Conclusion])
    /// One look for all of these, among what was filed since then.
    case look(for: [Unanswered], since: Date)
  }

  /// What a look has come to.
  enum Finding: Equatable, Sendable {
    case headers([SentHeader])
    /// Nobody answered, and may later.
    case unreachable(String)
    /// This mailbox cannot be looked into; the words end a sentence.
    case impossible(String)
  }

  struct Conclusion: Equatable, Sendable {
    enum Upshot: Equatable, Sendable {
      /// It is in the folder.
      case found
      /// It is not, at the last look.
      case notFound
      /// Nobody has looked, or could.
      case notSearched
      case lookAgain(at: Date)
    }

    let id: MessageID
    let verdict: Upshot
    /// What people are told.
    let words: String
  }

  let rule: UnknownOutcomeRule
  let address: Address

  // MARK: Before a look

  func step(for messages: [Unanswered], at now: Date) -> Step {
    if rule == .hold || messages.isEmpty { return .rest(until: nil) }
    let decided = messages.compactMap(decision(beforeLookingFor:))
    if !decided.isEmpty { return .decide(decided) }
    guard messages.contains(where: { isDue($0, at: now) }) else { return .rest(until: messages.map(\.due).min()) }
    let oldest = messages.map(\.outcome.writtenAt).min() ?? now
    return .look(for: messages, since: oldest - Self.clockDifference)
  }

  private func decision(beforeLookingFor message: Unanswered) -> Conclusion? {
    let reason: String? =
      if rule == .retry {
        "sent again as unknown_outcome says"
      } else if let sentAs = message.outcome.sentAs, sentAs != address {
        "not looked for: it was handed over as \(sentAs.text), and the mailbox is another now"
      } else if message.isPartlyDelivered {
        "not looked for: other recipients have it, and their copies in Sent look the same"
      } else {
        nil
      }
    return reason.map { again(message, .notSearched, $0) }
  }

  private func isDue(_ message: Unanswered, at now: Date) -> Bool {
    Schedule.isDue(Timestamp(message.due), at: Timestamp(now))
  }

  // MARK: After it

  func decisions(on messages: [Unanswered], _ finding: Finding, at now: Date) -> [Conclusion] {
    messages.compactMap { message in
      if case .headers(let headers) = finding, isThere(message, among: messages, headers) {
        return Conclusion(id: message.id, verdict: .found, words: "found in Sent, so it was taken")
      }
      return isDue(message, at: now) ? decision(on: message, finding, at: now) : nil
    }
  }

  /// Of several messages with one Message-ID each needs a copy of its own.
  private func isThere(_ message: Unanswered, among messages: [Unanswered], _ headers: [SentHeader]) -> Bool {
    guard let messageID = message.outcome.messageID else { return false }
    let since = message.outcome.writtenAt - Self.clockDifference
    let copies = headers.count { header in
      header.filedAt >= since && header.messageIDs.contains { messageID.isSame(as: $0) }
    }
    let earlier = messages.count { $0.id < message.id && $0.outcome.messageID == messageID }
    return copies > message.taken + earlier
  }

  private func decision(on message: Unanswered, _ finding: Finding, at now: Date) -> Conclusion {
    let elapsed = now.timeIntervalSince(message.outcome.writtenAt)
    let next = Self.looks.first { $0 > elapsed }.map { message.outcome.writtenAt + $0 }
    // A clock that was set back says nothing of how long it is.
    let isLast = elapsed < 0 || next == nil
    switch finding {
    case .headers(let headers):
      guard isLast else { return wait(message, next, "not in Sent yet") }
      let isCut = headers.count >= Self.mostHeaders && headers.allSatisfy { $0.filedAt > message.outcome.writtenAt }
      return isCut
        ? again(message, .notSearched, "not among the newest \(Self.mostHeaders) in Sent, which are all later")
        : again(message, .notFound, "not in Sent")
    case .impossible(let words):
      return again(message, .notSearched, "Sent cannot be looked into: \(words)")
    case .unreachable(let words):
      guard elapsed < 0 || elapsed >= Self.longestWait else {
        return wait(message, next ?? now + min(max(elapsed / 2, 60), 900), "Sent is not reached: \(words)")
      }
      return again(message, .notSearched, "Sent was not reached for a day: \(words)")
    }
  }

  private func wait(_ message: Unanswered, _ time: Date?, _ words: String) -> Conclusion {
    Conclusion(id: message.id, verdict: .lookAgain(at: time ?? message.due), words: words)
  }

  private func again(_ message: Unanswered, _ verdict: Conclusion.Upshot, _ words: String) -> Conclusion {
    Conclusion(id: message.id, verdict: verdict, words: "\(words), so it is sent again and may arrive twice")
  }
}
