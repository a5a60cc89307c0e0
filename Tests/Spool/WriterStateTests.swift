// What the writer thread does next, without a thread, an engine or a clock.

import Testing

@testable import Spool

@Suite struct WriterStateTests {
  typealias Event = WriterState.Event
  typealias Action = WriterState.Action

  /// One event, milliseconds after the start, and what it leads to.
  struct Step: Sendable {
    let time: Int
    let event: Event
    let actions: [Action]

    init(_ time: Int, _ event: Event, _ actions: [Action]) {
      (self.time, self.event, self.actions) = (time, event, actions)
    }
  }

  static let full = SpoolError.unwritable("I/O error")

  @Test(arguments: [
    (
      "a storage that works",
      [
        Step(0, .woken, [.transact]), Step(0, .committed(isDurable: true), []), Step(1, .roundEnded, [.maintain]),
        Step(799, .woken, [.transact]), Step(799, .roundEnded, [.maintain]),
        Step(800, .woken, [.transact]), Step(800, .roundEnded, [.maintain, .poll]),
        Step(801, .roundEnded, [.maintain]),
        Step(1600, .roundEnded, [.maintain, .poll]),
      ]
    ),
    (
      "where nothing is written, it is looked every five seconds, and soon after the next commit",
      [
        Step(800, .roundEnded, [.maintain, .poll]), Step(5799, .roundEnded, [.maintain]),
        Step(5800, .roundEnded, [.maintain, .poll]),
        Step(6000, .committed(isDurable: true), []), Step(6799, .roundEnded, [.maintain]),
        Step(6800, .roundEnded, [.maintain, .poll]), Step(7600, .roundEnded, [.maintain, .poll]),
        Step(12_599, .roundEnded, [.maintain]), Step(12_600, .roundEnded, [.maintain, .poll]),
        Step(12_700, .postponed, []), Step(13_500, .roundEnded, [.maintain, .poll]),
      ]
    ),
    (
      "what nobody waits for is synced a tenth of a second after the first commit without a sync",
      [
        Step(0, .committed(isDurable: false), []), Step(0, .roundEnded, [.maintain]),
        Step(60, .committed(isDurable: false), []), Step(99, .roundEnded, [.maintain]),
        Step(100, .roundEnded, [.sync, .maintain]), Step(100, .synced, []), Step(101, .roundEnded, [.maintain]),
      ]
    ),
    (
      "a commit that somebody waits for takes along what was written before",
      [
        Step(0, .committed(isDurable: false), []), Step(50, .committed(isDurable: true), []),
        Step(200, .roundEnded, [.maintain]),
      ]
    ),
    (
      "a broken storage refuses, and is opened anew every 400 ms until it works",
      [
        Step(0, .committed(isDurable: false), []),
        Step(10, .broke(full), [.abandon]), Step(10, .broke(.closed), []),
        Step(11, .roundEnded, []), Step(12, .woken, [.refuse(full)]), Step(409, .woken, [.refuse(full)]),
        Step(410, .woken, [.reopen]), Step(411, .stayedBroken(.full), [.refuse(.full)]), Step(800, .roundEnded, []),
        Step(810, .woken, [.refuse(.full)]),
        Step(811, .woken, [.reopen]), Step(812, .reopened, [.transact]),
        Step(812, .roundEnded, [.maintain]),  // Nothing lacks a sync any more.
        Step(1600, .roundEnded, [.maintain, .poll]),
      ]
    ),
  ])
  func `what happens decides what is done`(story: String, steps: [Step]) {
    let start = ContinuousClock.now
    var state = WriterState(at: start)
    for step in steps {
      let actions = state.handle(step.event, at: start + .milliseconds(step.time))
      #expect(actions == step.actions, "\(story): \(step.event) at \(step.time)")
    }
  }

  @Test func `after a claim that failed nothing is claimed for a while, and never from a broken storage`() {
    let start = ContinuousClock.now
    var state = WriterState(at: start)
    #expect(state.mayClaim(at: start))
    state.handle(.claimsFailed, at: start)
    #expect(!state.mayClaim(at: start + .milliseconds(799)) && state.mayClaim(at: start + .milliseconds(800)))
    state.handle(.broke(Self.full), at: start)
    #expect(!state.mayClaim(at: start + .seconds(9)))
  }

  @Test(
    arguments: [
      ([], nil, 800, "only the next poll"),
      ([], 300, 300, "a message falls due before"),
      ([], 0, 0, "one is due"),
      ([Event.committed(isDurable: false)], nil, 100, "a commit lacks its sync"),
      ([.committed(isDurable: false)], 50, 50, "a message falls due before that"),
      ([.committed(isDurable: false), .synced], nil, 800, "it has its sync"),
      ([.claimsFailed], 0, 800, "what is due cannot be claimed yet"),
      ([.broke(full)], 0, 800, "nothing can be claimed"),
    ] as [([Event], Int?, Int, String)])
  func `the thread sleeps until the first thing it has to do`(events: [Event], due: Int?, sleep: Int, why: String) {
    let start = ContinuousClock.now
    var state = WriterState(at: start)
    for event in events { state.handle(event, at: start) }
    #expect(state.patience(at: start, untilDue: due.map { .milliseconds($0) }) == .milliseconds(sleep), "\(why)")
  }
}
