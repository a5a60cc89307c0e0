// What is to be done about copies that belong into one mailbox's folder of sent messages: when they are tried, looked for and
// left alone, and what a failure means. Pure: the time is handed in. Nothing it decides touches a message's delivery.

package import Foundation
import Message
import SMTP
import Spool
import Transport

struct SentCopyState: Equatable, Sendable {
  /// One that is still to be filed.
  struct Open: Equatable, Sendable {
    let id: MessageID
    let copy: SentCopy
  }

  enum Step: Equatable, Sendable {
    /// `nil`: until something comes.
    case rest(until: Date?)
    /// Never filed, and why.
    case drop([MessageID], String)
    /// The oldest first. What was begun is looked for before it is filed.
    case file([Open])
  }

  /// What a look says of a copy that was begun.
  enum Whereabouts: Equatable, Sendable {
    case there
    case missing
    /// So much was filed since that nobody can tell at the cost of one look.
    case unknowable
  }

  /// The spans between attempts, at a copy or at a mailbox.
  static let delays: [TimeInterval] = [60, 300, 900, 3600]
  /// So many are taken up before the folder is looked at anew for what else there is.
  static let portion = 20
  /// What was begun and has no answer is looked for so much later: a server may be a moment behind the line that broke.
  static let doubt: TimeInterval = 60
  /// Copies that are not filed after so long are given up.
  static let longestWait: TimeInterval = 24 * 3600

  /// Failures in a row.
  private(set) var failures = 0
  /// The mailbox is left alone until then.
  private(set) var notBefore: Date?
  /// What keeps copies from being filed; `nil`: nothing does, as far as is known.
  private(set) var trouble: SentCopyTrouble?

  // MARK: What is next

  /// - Parameters:
  ///   - copies: by ascending id.
  ///   - address: of the mailbox that is connected now.
  ///   - isWanted: Letterhead files copies of this entity.
  func step(for copies: [Open], to address: Address, isWanted: Bool, at now: Date) -> Step {
    if copies.isEmpty { return .rest(until: nil) }
    if !isWanted { return .drop(copies.map(\.id), "not filed: no copies are wanted any more (sent_copy)") }
    let strangers = copies.filter { $0.copy.sentAs.map { $0 != address } ?? false }
    if !strangers.isEmpty { return .drop(strangers.map(\.id), "not filed: the mailbox is another now") }
    if let notBefore, isAhead(notBefore, of: now) { return .rest(until: notBefore) }
    let due = copies.filter { !isAhead($0.copy.due, of: now) }
    return due.isEmpty ? .rest(until: copies.map(\.copy.due).min()) : .file(Array(due.prefix(Self.portion)))
  }

  /// A clock that was set back does not make anything wait longer than what waits longest.
  private func isAhead(_ time: Date, of now: Date) -> Bool {
    now < time && time.timeIntervalSince(now) <= (Self.delays.last ?? 0) + Self.doubt
  }

  // MARK: A look

  /// Since when a folder is to be looked at for these; `nil`: none of them was begun.
  static func lookingSince(_ copies: [Open]) -> Date? {
    copies.filter { $0.copy.stage == .begun }.map(\.copy.sentAt).min().map { $0 - SentSearch.clockDifference }
  }

  /// - Parameter headers: of the newest messages in the folder; at most ``SentSearch/mostHeaders``.
  static func whereabouts(of copy: SentCopy, among headers: [SentHeader]) -> Whereabouts {
    let since = copy.sentAt - SentSearch.clockDifference
    let isThere = headers.contains { header in
      header.filedAt >= since && header.messageIDs.contains { copy.messageID?.isSame(as: $0) ?? false }
    }
    if isThere { return .there }
    let isCut = headers.count >= SentSearch.mostHeaders && headers.allSatisfy { $0.filedAt > copy.sentAt }
    return isCut || copy.messageID == nil ? .unknowable : .missing
  }

  // MARK: What came of it

  /// A person wants it tried now.
  mutating func hurry() { notBefore = nil }

  mutating func noteSuccess() { self = SentCopyState() }

  /// The mailbox is left alone for a while, whatever failed.
  mutating func note(_ error: SentFolderError, at now: Date) {
    guard error != .cancelled else { return }
    notBefore = now + Self.delay(after: failures)
    failures += 1
    trouble = SentCopyTrouble(error, since: trouble?.since ?? now, isRepeated: failures > 1)
  }

  private static func delay(after failures: Int) -> TimeInterval {
    delays[min(max(failures, 0), delays.count - 1)]
  }

  /// How a copy goes on that could not be filed.
  static func failed(_ copy: SentCopy, _ error: SentFolderError, at now: Date) -> (stage: SentCopy.Stage, due: Date) {
    switch error {
    // The server may have had all of it.
    case .unreachable, .cancelled: (.begun, now + doubt)
    case .notPermitted, .noFolder, .full, .refused: (.due, now + delay(after: copy.attempts))
    }
  }
}

/// Why copies are not filed. Mail goes out all the same.
package struct SentCopyTrouble: Equatable, Sendable {
  package enum Cause: String, Sendable, CaseIterable { case notPermitted, unreachable, noFolder, full, refused }

  package let since: Date
  package let cause: Cause
  /// The server's, fit to be shown; may be empty.
  package let words: String
  /// It is worth a person's look: what passes by itself is not at first.
  package let isLasting: Bool

  package init(since: Date, cause: Cause, words: String, isLasting: Bool) {
    self.since = since
    self.cause = cause
    self.words = words
    self.isLasting = isLasting
  }

  fileprivate init?(_ error: SentFolderError, since: Date, isRepeated: Bool) {
    let (cause, words): (Cause, String) =
      switch error {
      case .notPermitted(let words): (.notPermitted, words)
      case .unreachable(let words): (.unreachable, words)
      case .noFolder: (.noFolder, "")
      case .full(let words): (.full, words)
      case .refused(let words): (.refused, words)
      case .cancelled: (.unreachable, "")
      }
    self.init(
      since: since, cause: cause, words: words,
      isLasting: isRepeated || [.notPermitted, .noFolder, .full].contains(cause))
  }
}

extension SentFolderError {
  /// For whoever looks at one copy.
  var finding: String {
    switch self {
    case .notPermitted(let words): "the sign-in may not file copies: \(words)"
    case .unreachable(let words): "the mailbox is not reached: \(words)"
    case .noFolder: "there is no folder of sent messages, and none could be made"
    case .full(let words): "the mailbox is full: \(words)"
    case .refused(let words): "the server did not take it: \(words)"
    case .cancelled: "it was broken off"
    }
  }
}

extension FiledCopy {
  /// For the history.
  var finding: String { "filed in \"\(folder)\"" + (name.map { " (\($0))" } ?? "") }
}
