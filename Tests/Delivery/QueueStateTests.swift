// What a queue does next, by values alone.

import Diagnosis
import Foundation
import Mailboxes
import SMTP
import Testing
import TransportSupport

@testable import Delivery

private let throttled = Fault(class: .throttle, since: noon, summary: "Slower.", remedy: "", upstream: "421 Slower")
private let denied = Fault(class: .policy, since: noon, summary: "Denied.", remedy: "", upstream: "550 Denied")
private let refused = Fault(class: .auth, since: noon, summary: "Refused.", remedy: "", upstream: "535 Refused")
private let nobody = Fault(class: .network, since: noon, summary: "Nobody there.", remedy: "", upstream: "")
private let usedUp = Fault(class: .quota, since: noon, summary: "Used up.", remedy: "", upstream: "")

private func outcome(_ verdict: Verdict, _ scope: Scope = .mailbox) -> Outcome {
  Outcome(verdict, scope: scope, summary: "", words: "")
}

/// A pause of a minute, the flag with and without a probe, nobody there, and what is about one message only.
private let paused = outcome(.paused(until: noon + 60, throttled))
private let broken = outcome(.broken(denied, probe: true))
private let brokenForGood = outcome(.broken(refused, probe: false))
private let unreachable = outcome(.unreachable(nobody, flagAfter: nil))
private let deferred = outcome(.deferred(after: nil), .message)

private let states: [(name: String, state: QueueState)] = [
  ("open", QueueState(.working, now: noon)),
  ("paused", QueueState(.paused(until: noon + 60, throttled), now: noon)),
  ("paused by own quota", QueueState(.open, after: [.quotaUsedUp(until: noon + 3_600, usedUp)])),
  ("flagged", QueueState(.broken(denied, probe: true), now: noon)),
  ("flagged, probing", QueueState(.broken(denied, probe: true), now: noon - 900, after: [.timePassed])),
  ("flagged for good", QueueState(.broken(refused, probe: false), now: noon)),
  ("unreachable", QueueState(.open, after: [.openingFailed(unreachable, besides: 0)])),
  (
    "unreachable, probing",
    QueueState(.working, now: noon - 1, after: [.openingFailed(unreachable, besides: 0), .timePassed])
  ),
  ("stopped", QueueState(.open, after: [.stopped])),
]

private let events: [(name: String, event: QueueEvent)] = [
  ("started", .started),
  ("directory: works", .directoryChanged(.working)),
  ("directory: flagged", .directoryChanged(.broken(denied, probe: true))),
  ("limits changed", .limitsChanged),
  ("look wanted", .lookWanted),
  ("message judged", .messageJudged),
  ("setback", .setback),
  ("message met: pause", .mailboxRefused(paused)),
  ("message met: flag", .mailboxRefused(broken)),
  ("message met: flag for good", .mailboxRefused(brokenForGood)),
  ("message met: nobody", .mailboxRefused(unreachable)),
  ("opening broken off", .openingFailed(nil, besides: 0)),
  ("opening met: nobody", .openingFailed(unreachable, besides: 0)),
  ("opening met: nobody, 2 open", .openingFailed(unreachable, besides: 2)),
  ("opening met: pause", .openingFailed(paused, besides: 0)),
  ("opening met: pause, 2 open", .openingFailed(paused, besides: 2)),
  ("opening met: flag, 2 open", .openingFailed(broken, besides: 2)),
  ("sign-in lapsed", .signInLapsed(brokenForGood)),
  ("three refused alike", .refusedAlike(denied, probeAfter: .seconds(900))),
  ("quota used up", .quotaUsedUp(until: noon + 3_600, usedUp)),
  ("time: now", .timePassed),
  ("probe: works", .probeEnded(nil)),
  ("probe met: flag", .probeEnded(broken)),
  ("probe met: flag for good", .probeEnded(brokenForGood)),
  ("probe met: pause", .probeEnded(paused)),
  ("probe met: nobody", .probeEnded(unreachable)),
  ("probe broken off", .probeEnded(deferred)),
  ("stopped", .stopped),
]

extension QueueState {
  /// As it is at noon, when all of `events` have happened.
  fileprivate init(_ condition: Condition = .working, now: Date, after events: [QueueEvent]) {
    self.init(condition, tuning: DeliveryTuning(), now: now)
    for event in events.dropLast() { _ = handle(event, now: now) }
    if let last = events.last { _ = handle(last, now: noon) }
  }

  fileprivate enum Start { case open }
  fileprivate init(_ start: Start, after events: [QueueEvent]) { self.init(.working, now: noon, after: events) }

  fileprivate var text: String {
    switch mode {
    case .open: "open"
    case .paused(let until, _) where until == .distantPast: "paused, over"
    case .paused(let until, _): "paused for \(Int(until.timeIntervalSince(noon)))"
    case .flagged(let published, .never): "flagged for good\(published.isInDirectory ? "" : ", new")"
    case .flagged(let published, let probe): "flagged\(published.isInDirectory ? "" : ", new"), \(probe.text)"
    case .unreachable(let probe): "unreachable, \(probe.text)"
    case .stopped: "stopped"
    }
  }
}

extension QueueState.Probe {
  fileprivate var text: String {
    switch self {
    case .never: "no probe"
    case .due(let time): "probe in \(Int(time.timeIntervalSince(noon)))"
    case .underway: "probing"
    }
  }
}

extension QueueAction {
  fileprivate var text: String {
    switch self {
    case .publish(.working): "publish that it works"
    case .publish(.paused(let until, _)): "publish a pause of \(Int(until.timeIntervalSince(noon)))"
    case .publish(.broken(let fault, let probe)):
      "publish \(fault.summary.dropLast().lowercased())\(probe ? "" : " for good")"
    case .probe(let envelope): envelope ? "probe with envelope" : "probe"
    case .limitSessions(let most): "\(most) sessions"
    case .learnRate: "learn rate"
    case .learnConnections(let count): "learn \(count) connections"
    case .openSpool: "open spool"
    case .closeSpool: "close spool"
    case .settleSuspects: "settle suspects"
    case .giveBack: "give back"
    case .putFirst: "put first"
    case .settle: "settle"
    }
  }
}

@Suite struct `The state of a queue` {
  @Test(arguments: QueueStateRow.all)
  func `changes with each event as the table says`(row: QueueStateRow) throws {
    var state = try #require(states.first { $0.name == row.before }).state
    let event = try #require(events.first { $0.name == row.event }).event
    let actions = state.handle(event, now: noon)
    #expect(state.text == row.after)
    #expect(actions.map(\.text).joined(separator: ", ") == row.actions)
  }

  @Test func `has each event in its table once for each state`() {
    let rows = QueueStateRow.all.map { "\($0.before) | \($0.event)" }
    #expect(rows == states.flatMap { state in events.map { "\(state.name) | \($0.name)" } })
  }

  // MARK: In a row

  @Test func `pauses twice as long each time it comes again, an hour at most, until something is judged`() {
    var state = QueueState(.working, now: noon)
    func pauseAgain() -> Int {
      _ = state.handle(.mailboxRefused(paused), now: noon)
      let time = state.alarm.map { Int($0.timeIntervalSince(noon)) }
      _ = state.handle(.timePassed, now: noon + 7_200)
      return time ?? 0
    }
    #expect((0..<9).map { _ in pauseAgain() } == [60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600])
    _ = state.handle(.messageJudged, now: noon)
    #expect(pauseAgain() == 60)
  }

  @Test func `pauses for as long as the provider asks, though that is more than an hour`() {
    var state = QueueState(.working, now: noon)
    _ = state.handle(.mailboxRefused(outcome(.paused(until: noon + 10_000, throttled))), now: noon)
    #expect(state.text == "paused for 10000")
  }

  @Test func `waits twice as long each time nobody answers, a minute at most, until something is judged`() {
    var state = QueueState(.working, now: noon)
    _ = state.handle(.openingFailed(unreachable, besides: 0), now: noon)
    var times: [Int] = []
    for _ in 0..<9 {
      times.append(state.alarm.map { Int($0.timeIntervalSince(noon)) } ?? 0)
      _ = state.handle(.timePassed, now: noon + 60)
      _ = state.handle(.probeEnded(unreachable), now: noon)
    }
    #expect(times == [1, 2, 4, 8, 16, 32, 60, 60, 60])
    _ = state.handle(.messageJudged, now: noon)
    _ = state.handle(.timePassed, now: noon + 60)
    _ = state.handle(.probeEnded(unreachable), now: noon)
    #expect(state.text == "unreachable, probe in 1")
  }

  @Test func `tells why it waits where no fault is published, and until when`() {
    var silent = QueueState(.working, now: noon)
    #expect(silent.slowdown == nil)
    _ = silent.handle(.openingFailed(unreachable, besides: 0), now: noon)
    #expect(silent.slowdown == SlowSending(.silence(1), until: noon + 1))
    _ = silent.handle(.timePassed, now: noon + 1)
    #expect(silent.slowdown == nil, "it looks just now")
    _ = silent.handle(.probeEnded(unreachable), now: noon + 1)
    #expect(silent.slowdown == SlowSending(.silence(2), until: noon + 3))
    var unlucky = QueueState(.working, now: noon)
    for _ in 0..<3 { _ = unlucky.handle(.setback, now: noon) }
    #expect(unlucky.slowdown == SlowSending(.setbacks(3), until: noon + 1))
  }

  @Test func `raises the flag when nobody answers so many times in a row as the outcome allows`() {
    let gone = outcome(.unreachable(nobody, flagAfter: 3))
    var state = QueueState(.working, now: noon)
    _ = state.handle(.openingFailed(gone, besides: 0), now: noon)
    for _ in 0..<2 {
      #expect(state.text.hasPrefix("unreachable"))
      _ = state.handle(.timePassed, now: noon + 60)
      _ = state.handle(.probeEnded(gone), now: noon)
    }
    #expect(state.text == "flagged, new, probe in 900")
  }

  @Test func `raises the flag for a lasting fault told with a temporary code when it is met three times in a row`() {
    let recurring = outcome(.recurring(denied, probe: true, wait: .seconds(20)))
    var state = QueueState(.working, now: noon)
    for text in ["paused for 20", "paused for 60"] {
      #expect(state.handle(.mailboxRefused(recurring), now: noon).contains(.closeSpool))
      #expect(state.text == text)
      #expect(state.handle(.mailboxRefused(recurring), now: noon) == [], "under way behind the first")
      _ = state.handle(.timePassed, now: noon + 60)
    }
    _ = state.handle(.mailboxRefused(recurring), now: noon)
    #expect(state.text == "flagged, new, probe in 900")
  }

  @Test func `begins to count anew when the provider judges a message in between, or another fault is met`() {
    let other = outcome(.recurring(refused, probe: true, wait: .seconds(20)))
    let recurring = outcome(.recurring(denied, probe: true, wait: .seconds(20)))
    var state = QueueState(.working, now: noon)
    for event in [.mailboxRefused(recurring), .messageJudged, .mailboxRefused(other)] as [QueueEvent] {
      _ = state.handle(event, now: noon)
      #expect(state.isOpen || state.text == "paused for 20")
      _ = state.handle(.timePassed, now: noon + 20)
    }
  }

  @Test func `tries a sign-in refused with a temporary code each quarter of an hour, and no more often`() throws {
    let reply = try Reply(wire: "451 4.7.0 Too much fail authentication")
    let refused = Outcome(of: .answered(reply, .signIn), for: .test(signIn: .none), now: noon)
    var state = QueueState(.working, now: noon)
    for _ in 0..<4 {
      _ = state.handle(.openingFailed(refused, besides: 0), now: noon)
      let alarm = try #require(state.alarm)
      #expect(alarm >= noon + 900)
      _ = state.handle(.timePassed, now: alarm)
    }
  }

  @Test func `touches no further message after three setbacks in a row, nor after the next one`() {
    var state = QueueState(.working, now: noon)
    for _ in 0..<2 { #expect(state.handle(.setback, now: noon) == []) }
    #expect(state.handle(.setback, now: noon) == [.closeSpool])
    #expect(state.text == "unreachable, probe in 1")
    _ = state.handle(.timePassed, now: noon + 1)
    #expect(state.handle(.probeEnded(nil), now: noon) == [.openSpool])
    #expect(state.handle(.setback, now: noon) == [.closeSpool])
    #expect(state.text == "unreachable, probe in 2")
  }

  @Test func `forgets setbacks when the provider judges a message in between`() {
    var state = QueueState(.working, now: noon)
    for event in [.setback, .setback, .messageJudged, .setback, .setback] as [QueueEvent] {
      let actions = state.handle(event, now: noon)
      #expect(actions == [])
    }
    #expect(state.isOpen)
  }

  // MARK: Faults in the store

  @Test func `takes its fault for lifted only when the directory has shown it before`() {
    var state = QueueState(.working, now: noon)
    _ = state.handle(.mailboxRefused(broken), now: noon)
    #expect(state.handle(.directoryChanged(.working), now: noon) == [], "a directory from before")
    #expect(state.handle(.directoryChanged(.broken(denied, probe: true)), now: noon) == [])
    #expect(state.handle(.directoryChanged(.working), now: noon) == [.openSpool])
  }

  @Test func `begins anew when somebody lifts the fault`() {
    var state = QueueState(.paused(until: noon + 60, throttled), now: noon)
    _ = state.handle(.timePassed, now: noon + 60)
    _ = state.handle(.mailboxRefused(paused), now: noon)
    _ = state.handle(.timePassed, now: noon + 60)
    _ = state.handle(.mailboxRefused(paused), now: noon)
    #expect(state.text == "paused for 120")
    _ = state.handle(.directoryChanged(.paused(until: noon, throttled)), now: noon)
    _ = state.handle(.directoryChanged(.working), now: noon)
    _ = state.handle(.mailboxRefused(paused), now: noon)
    #expect(state.text == "paused for 60")
  }

  @Test func `keeps the time since when it is broken, whatever probes find`() {
    var state = QueueState(.broken(denied, probe: true), now: noon - 900)
    _ = state.handle(.timePassed, now: noon)
    var later = refused
    later.since = noon + 1
    let actions = state.handle(.probeEnded(outcome(.broken(later, probe: false))), now: noon + 1)
    #expect(actions == [.publish(.broken(refused, probe: false))])
    #expect(state.alarm == nil, "a refused password is never tried again")
  }

  @Test func `counts anew what a quota of its own has left, after a restart too`() {
    var state = QueueState(.paused(until: noon + 3_600, usedUp), now: noon)
    #expect(state.alarm == noon)
    #expect(state.handle(.timePassed, now: noon) == [.openSpool, .publish(.working)])
    _ = state.handle(.quotaUsedUp(until: noon + 3_600, usedUp), now: noon)
    _ = state.handle(.limitsChanged, now: noon)
    #expect(state.handle(.timePassed, now: noon) == [.openSpool, .publish(.working)])
  }

  // MARK: Time

  @Test(arguments: states.map(\.name))
  func `has nothing to do before its alarm`(name: String) throws {
    var state = try #require(states.first { $0.name == name }).state
    guard let alarm = state.alarm else { return }
    #expect(state.handle(.timePassed, now: alarm - 0.001) == [])
    #expect(state.handle(.timePassed, now: alarm) != [])
  }
}
