// Who is meant by a refusal that nothing explains: the recipient, the message or the mailbox? The mailbox is tested against
// itself and against its other mail, and what differs tells. Pure: time is handed in.

import Diagnosis
import Foundation
import Mailboxes
import SMTP
import Spool

/// The rules:
///
/// * A self-test that is refused alike: the mailbox is meant. The flag goes up.
/// * Messages to two foreign domains that are refused alike, with nothing taken in between: likewise. A provider takes its
///   own domain where it relays nothing, so that the mailbox's own address alone proves nothing about others.
/// * Another message to a foreign domain is taken after the refusal: the refused one is tried once more, at once. Refused
///   alike again, it is meant itself and fails.
/// * Else the question stays open, and the message is tried again by the schedule, until it is too old.
struct OpenQuestions: Sendable {
  private struct Question {
    var refusal: MessageRefusal
    let since: Date
    /// The domain for which another message was taken after this refusal.
    var rival: String?
    var rivalAt = Date.distantPast
  }

  private struct Conviction {
    var count: Int
    var at: Date
  }

  /// Between two self-tests over refusals alike.
  static let betweenTests: TimeInterval = 15 * 60
  /// Between two letters to the mailbox itself, whatever they are for.
  static let betweenLetters: TimeInterval = 3600
  /// What was shown of a pattern holds for so long.
  static let memory: TimeInterval = 24 * 3600
  /// After a refusal, failure reports wait for a self-test for so long at most.
  static let reportsWait: TimeInterval = 15 * 60
  /// The oldest questions are asked anew when there are more.
  static let mostQuestions = 500

  private let ownDomain: String
  private let probe: Duration
  private var open: [MessageID: Question] = [:]
  private var convictions: [RefusalPattern: Conviction] = [:]
  /// Explained as somebody's own fault, and the mailbox's self-test was taken since.
  private var vouched: [RefusalPattern: Date] = [:]
  private var tested: [RefusalPattern: Date] = [:]
  /// The mailbox's own address was refused in these words, with one recipient: no proof then, but with three it is.
  private var absent: [RefusalPattern: Date] = [:]
  private var lastLetter = Date.distantPast
  private var underway: RefusalPattern?
  /// The test under way was asked for by the guard, over several refusals.
  private var isDoubt = false
  /// The latest refusal with nothing taken after it.
  private var latest: (refusal: MessageRefusal, at: Date)?
  /// Reports that wait for the end of a test.
  private var reports: [MessageID] = []

  /// - Parameters:
  ///   - ownDomain: of the mailbox's address.
  ///   - probe: how long the first flag stays up before it is looked at.
  init(ownDomain: String, probe: Duration) {
    self.ownDomain = ownDomain.lowercased()
    self.probe = probe
  }

  /// The oldest question, for people.
  var oldest: (refusal: MessageRefusal, since: Date)? {
    open.values.min { $0.since < $1.since }.map { ($0.refusal, $0.since) }
  }

  mutating func handle(_ event: QuestionEvent, now: Date) -> [QuestionAction] {
    switch event {
    case .unexplained(let refusal): refuse(refusal, now)
    case .explained(let refusal): explain(refusal, now)
    case .doubted(let refusal): doubt(refusal, now)
    case .delivered(let id, let domains): deliver(id, domains, now)
    case .reportDue(let id): consider(report: id, now)
    case .tested(let test, let finding, let othersWait): conclude(test, finding, othersWait, now)
    }
  }

  // MARK: What the state tells

  /// The mailbox was shown to be meant by these words, and has delivered nothing since.
  func isConvicted(_ pattern: RefusalPattern, now: Date) -> Bool {
    convictions[pattern].map { now.timeIntervalSince($0.at) < Self.memory } ?? false
  }

  /// A delivery tells nothing: no refusal came before it.
  var isQuiet: Bool { open.isEmpty && latest == nil && convictions.isEmpty && reports.isEmpty }

  var hasConvicted: Bool { !convictions.isEmpty }

  /// The mailbox was shown not to be meant.
  func isVouched(_ pattern: RefusalPattern, now: Date) -> Bool {
    vouched[pattern].map { now.timeIntervalSince($0) < Self.betweenTests } ?? false
  }

  /// Nothing was taken since a message was refused with these words.
  func isLatest(_ pattern: RefusalPattern) -> Bool { latest?.refusal.pattern == pattern }
}

extension OpenQuestions {
  // MARK: Refusals

  private mutating func refuse(_ refusal: MessageRefusal, _ now: Date) -> [QuestionAction] {
    if let before = open[refusal.id], before.rival != nil, before.refusal.pattern == refusal.pattern,
      now.timeIntervalSince(before.rivalAt) < Self.betweenLetters
    {
      open[refusal.id] = nil
      return [.fail(refusal.id)]
    }
    latest = (refusal, now)
    open[refusal.id] = Question(refusal: refusal, since: open[refusal.id]?.since ?? now)
    forgetOldest()
    if isConvicted(refusal.pattern, now: now) { return convict(refusal, now) }
    if foreignDomains(refusedLike: refusal.pattern).count > 1 {
      return [.note(ids(like: refusal.pattern), "Messages to other domains are refused alike.")] + convict(refusal, now)
    }
    return test(.envelope, over: refusal.pattern, now)
  }

  private mutating func explain(_ refusal: MessageRefusal, _ now: Date) -> [QuestionAction] {
    open[refusal.id] = nil
    if isConvicted(refusal.pattern, now: now) { return convict(refusal, now) }
    if !isVouched(refusal.pattern, now: now) { latest = (refusal, now) }
    return []
  }

  private mutating func doubt(_ refusal: MessageRefusal, _ now: Date) -> [QuestionAction] {
    if let time = absent[refusal.pattern], now.timeIntervalSince(time) < Self.betweenTests {
      return convict(refusal, now)
    }
    return test(.fitting(refusal), over: refusal.pattern, isDoubt: true, now)
  }

  private mutating func forgetOldest() {
    guard open.count > Self.mostQuestions else { return }
    if let oldest = open.min(by: { $0.value.since < $1.value.since }) { open[oldest.key] = nil }
  }

  private func ids(like pattern: RefusalPattern) -> [MessageID] {
    open.filter { $0.value.refusal.pattern == pattern }.keys.sorted()
  }

  /// Of different messages, since anything was taken.
  private func foreignDomains(refusedLike pattern: RefusalPattern) -> Set<String> {
    let alike = open.values.filter { $0.refusal.pattern == pattern && $0.rival == nil }
    guard alike.count > 1 else { return [] }
    return alike.reduce(into: []) { $0.formUnion($1.refusal.domains.subtracting([ownDomain])) }
  }

  // MARK: The mailbox is meant

  private mutating func convict(_ refusal: MessageRefusal, _ now: Date) -> [QuestionAction] {
    let count = isConvicted(refusal.pattern, now: now) ? (convictions[refusal.pattern]?.count ?? 0) + 1 : 1
    convictions[refusal.pattern] = Conviction(count: count, at: now)
    let span = min(probe * (1 << min(count - 1, 4)), max(probe, .seconds(Int(Self.betweenLetters))))
    // Behind the others: when the flag is looked at, those are tried first that were not refused.
    return [.hold(refusal.outcome, for: span), .postpone(ids(like: refusal.pattern), until: now + span * 4 / 3)]
  }

  // MARK: Another message is taken

  private mutating func deliver(_ id: MessageID, _ domains: Set<String>, _ now: Date) -> [QuestionAction] {
    open[id] = open[id].flatMap { $0.refusal.domains.isSubset(of: domains) ? nil : $0 }
    latest = nil
    if let foreign = domains.subtracting([ownDomain]).min() {
      convictions = [:]
      return freeReports() + rival(foreign, now) { _ in true }
    }
    return freeReports() + rival(ownDomain, now) { [ownDomain] in $0.domains == [ownDomain] }
  }

  /// What the mailbox can do for `domain` it could do for these.
  private mutating func rival(
    _ domain: String, _ now: Date, where isComparable: (MessageRefusal) -> Bool
  ) -> [QuestionAction] {
    let found = open.filter { $0.value.rival == nil && isComparable($0.value.refusal) }.keys.sorted()
    if found.isEmpty { return [] }
    for id in found {
      open[id]?.rival = domain
      open[id]?.rivalAt = now
    }
    return [
      .note(found, "Another message, to \(domain), went through; this one is tried once more."), .tryAgain(found),
    ]
  }

  // MARK: Reports

  private mutating func consider(report id: MessageID, _ now: Date) -> [QuestionAction] {
    guard let latest, now.timeIntervalSince(latest.at) < Self.reportsWait else { return [] }
    reports.append(id)
    return [.wait(id)] + test(.fitting(latest.refusal), over: latest.refusal.pattern, now)
  }

  private mutating func freeReports() -> [QuestionAction] {
    defer { reports = [] }
    return reports.isEmpty ? [] : [.tryAgain(reports)]
  }

  // MARK: Self-tests

  private mutating func test(
    _ test: SelfTest, over pattern: RefusalPattern, isDoubt: Bool = false, _ now: Date
  ) -> [QuestionAction] {
    guard underway == nil else { return [] }
    switch test {
    case .envelope:
      if let last = tested[pattern], now.timeIntervalSince(last) < Self.betweenTests { return [] }
      tested = tested.filter { now.timeIntervalSince($0.value) < Self.betweenTests }
      tested[pattern] = now
    case .letter:
      if now.timeIntervalSince(lastLetter) < Self.betweenLetters { return [] }
      lastLetter = now
    }
    underway = pattern
    self.isDoubt = isDoubt
    return [.test(test)]
  }

  private mutating func conclude(
    _ test: SelfTest, _ finding: SelfTest.Finding, _ othersWait: Bool, _ now: Date
  ) -> [QuestionAction] {
    guard let pattern = underway else { return [] }
    underway = nil
    switch finding {
    case .unknown:
      tested[pattern] = nil
      return []
    case .refused(let outcome, pattern) where isOwnAbsence(outcome, pattern):
      absent = absent.filter { now.timeIntervalSince($0.value) < Self.betweenTests }
      absent[pattern] = now
      return []
    case .refused(let outcome, let words) where words == pattern || !ids(like: words).isEmpty:
      let refusal = MessageRefusal(id: MessageID(rawValue: 0), pattern: words, outcome: outcome, domains: [])
      return [.note(ids(like: words), "\(test.name) is refused alike.")] + convict(refusal, now)
    case .refused where ids(like: pattern).isEmpty: return vouch(for: pattern, now)
    case .refused(let outcome, _):
      return [.note(ids(like: pattern), "\(test.name) is refused otherwise: \(outcome.words)")]
    case .taken: return take(test, pattern, othersWait, now)
    }
  }

  /// An address that only sends may not exist at its own provider: with one dead recipient that proves nothing.
  private func isOwnAbsence(_ outcome: Outcome, _ pattern: RefusalPattern) -> Bool {
    !isDoubt && outcome.kind == .failed && outcome.class == .recipient && ids(like: pattern).isEmpty
  }

  private mutating func vouch(for pattern: RefusalPattern, _ now: Date) -> [QuestionAction] {
    vouched = vouched.filter { now.timeIntervalSince($0.value) < Self.betweenTests }
    vouched[pattern] = now
    if isLatest(pattern) { latest = nil }
    return freeReports()
  }

  private mutating func take(
    _ test: SelfTest, _ pattern: RefusalPattern, _ othersWait: Bool, _ now: Date
  ) -> [QuestionAction] {
    let asked = ids(like: pattern)
    if asked.isEmpty { return vouch(for: pattern, now) }
    let needsLetter = test == .envelope && asked.contains { open[$0]?.refusal.isAfterData == true } && !othersWait
    let isProof: (MessageRefusal) -> Bool = { [ownDomain] in
      $0.domains == [ownDomain] && (test == .letter || !$0.isAfterData)
    }
    return [.note(asked, "\(test.name) is taken.")] + rival(ownDomain, now, where: isProof)
      + (needsLetter ? self.test(.letter, over: pattern, now) : [])
  }
}

extension SelfTest {
  static func fitting(_ refusal: MessageRefusal) -> SelfTest { refusal.isAfterData ? .letter : .envelope }

  fileprivate var name: String {
    switch self {
    case .envelope: "Tested: an envelope from the mailbox to itself"
    case .letter: "Tested: a letter from the mailbox to itself"
    }
  }
}
