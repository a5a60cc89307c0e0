// Which session takes the next message, when a further one is opened, and which are closed.

import Diagnosis
import Foundation
import Message
import SMTP
import Spool
import Testing
import Transport
import TransportSupport

@testable import Delivery

@Suite struct `A pool of sessions` {
  private func message(_ id: Int64 = 1) -> SpooledMessage {
    SpooledMessage(
      id: MessageID(rawValue: id), entity: "acme", envelope: Envelope(sender: nil, recipients: []),
      content: .octets([]), receivedAt: noon)
  }

  private func demand(_ backlog: Int = 1, hasWaited: Bool = false, most: Int = 3) -> SessionPool.Demand {
    SessionPool.Demand(backlog: backlog, hasWaited: hasWaited, mostSessions: most, backlogPerSession: 10)
  }

  // MARK: The next message

  @Test func `opens a session for the first message, and one at a time`() {
    var pool = SessionPool()
    #expect(pool.place(for: demand()) == .newSession)
    pool.beginOpening()
    #expect(pool.place(for: demand(1_000, hasWaited: true)) == nil)
    pool.failOpening()
    #expect(pool.place(for: demand()) == .newSession)
  }

  // Messages wait; have they for long; sessions there may be; is one opened?
  @Test(arguments: [
    (9, false, 3, false), (10, false, 3, true), (1, true, 3, true), (10, true, 1, false), (1_000, false, 1, false),
  ])
  func `opens a further session where there is work enough for it`(
    backlog: Int, hasWaited: Bool, most: Int, isOpened: Bool
  ) {
    var pool = SessionPool()
    let id = pool.add(TestSession(capacity: 1))
    _ = pool.give(message(), to: id)
    #expect(pool.place(for: demand(backlog, hasWaited: hasWaited, most: most)) == (isOpened ? .newSession : nil))
  }

  @Test func `gives a message to the session on which fewest are under way`() {
    var pool = SessionPool()
    let ids = (0..<2).map { _ in pool.add(TestSession(capacity: 2)) }
    var given: [Int] = []
    while case .session(let id) = pool.place(for: demand(most: 2)) {
      given.append(id)
      _ = pool.give(message(), to: id)
    }
    #expect(given == [ids[0], ids[1], ids[0], ids[1]])
  }

  @Test func `counts a message that is not sent yet, which the session does not`() {
    var pool = SessionPool()
    let session = TestSession(capacity: 1)
    let id = pool.add(session)
    _ = pool.give(message(), to: id)
    #expect(pool.place(for: demand(most: 1)) == nil)
    pool.begin(on: id)
    #expect(pool.place(for: demand(most: 1)) == .session(id), "from here on the session's own count holds")
    session.capacity = 0
    #expect(pool.place(for: demand(most: 1)) == nil)
  }

  @Test func `lets none overtake a message whose session is looked at first`() {
    var pool = SessionPool()
    let id = pool.add(TestSession(capacity: 8))
    pool.restIdle()
    let wasIdle = pool.give(message(), to: id)
    #expect(wasIdle)
    #expect(pool.place(for: demand(most: 1)) == nil)
    let othersWaited = pool.prepare(on: id)
    #expect(othersWaited)
    #expect(pool.place(for: demand(most: 1)) == .session(id))
    let isIdle = pool.give(message(2), to: id)
    #expect(!isIdle)
  }

  @Test func `lets none overtake a message that is read from the disk first`() {
    var pool = SessionPool()
    let id = pool.add(TestSession(capacity: 8))
    let large = SpooledMessage(
      id: MessageID(rawValue: 1), entity: "acme", envelope: Envelope(sender: nil, recipients: []),
      content: .stored(NoBody()), receivedAt: noon)
    _ = pool.give(large, to: id)
    #expect(pool.place(for: demand(most: 1)) == nil)
    _ = pool.prepare(on: id)
    #expect(pool.place(for: demand(most: 1)) == .session(id))
  }

  // MARK: Endings

  @Test func `returns what a session did not come to when nothing is under way on it any more, in order`() {
    var pool = SessionPool()
    let session = TestSession(capacity: 8)
    let id = pool.add(session)
    for number in 1...3 { _ = pool.give(message(Int64(number)), to: id) }
    for number in 1...2 {
      let departure = pool.end(on: id, returning: message(Int64(number)), mostSessions: 3)
      #expect(departure.returned.isEmpty && !departure.closes)
    }
    #expect(!session.isUsable, "it takes no more")
    let departure = pool.end(on: id, mostSessions: 3)
    #expect(departure.returned.map(\.id.rawValue) == [1, 2])
    #expect(departure.closes)
  }

  @Test func `keeps a session that is still of use`() {
    var pool = SessionPool()
    let id = pool.add(TestSession(capacity: 8))
    _ = pool.give(message(), to: id)
    let departure = pool.end(on: id, mostSessions: 1)
    #expect(!departure.closes)
  }

  @Test func `closes as many as are too many: the idle ones at once, a busy one after its messages`() {
    var pool = SessionPool()
    let ids = (0..<3).map { _ in pool.add(TestSession(capacity: 8)) }
    for id in ids.dropLast() { _ = pool.give(message(), to: id) }
    pool.limit(to: 1)
    #expect(pool.closeSpare(over: 3) == [ids[2]])
    let closes = ids.dropLast().map { pool.end(on: $0, mostSessions: 3).closes }
    #expect(closes == [true, false])
  }

  @Test func `counts a session that is closing until it has gone`() {
    var pool = SessionPool()
    let id = pool.add(TestSession(capacity: 1))
    pool.close([id])
    #expect(pool.place(for: demand(1_000, hasWaited: true, most: 1)) == nil)
    pool.remove(id)
    #expect(pool.place(for: demand(most: 1)) == .newSession)
  }

  // MARK: Idle sessions

  @Test func `closes a session that the third sweep finds idle, and none that had something to do`() {
    var pool = SessionPool()
    let ids = (0..<2).map { _ in pool.add(TestSession(capacity: 8)) }
    pool.restIdle()
    for _ in 1...2 { #expect(pool.sweep() == []) }
    _ = pool.give(message(), to: ids[0])
    _ = pool.end(on: ids[0], mostSessions: 3)
    pool.restIdle()
    #expect(pool.sweep() == [ids[1]])
  }

  @Test func `has its first limit again when all sessions have ended`() {
    var pool = SessionPool()
    let id = pool.add(TestSession(capacity: 1))
    pool.limit(to: 1)
    _ = pool.sweep()
    #expect(!pool.mayGrow(to: 3))
    pool.remove(id)
    _ = pool.sweep()
    #expect(pool.mayGrow(to: 3))
  }

  @Test func `opens none once it is limited to none`() {
    var pool = SessionPool()
    pool.limit(to: 0)
    #expect(pool.place(for: demand()) == nil)
  }
}

private final class TestSession: TransportSession {
  let capabilities = Capabilities()
  let mechanism: String? = nil
  var isUsable = true
  let messageCount = 0
  var capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  func send(_ message: PreparedMessage, now: Date) async -> Transmission { .notBegun(recipients: 0) }
  func probe(to recipient: Address?, now: Date, observing observe: StepObserver) async throws(TransportError) {}
  func refusal(of recipient: Address, now: Date) async throws(TransportError) -> Outcome? { nil }
  func isAlive() async -> Bool { isUsable }
  func retire() { isUsable = false }
  func close() async {}
  func interrupt() {}
}

private struct NoBody: StoredBody {
  let octetCount = 0
  func reader() -> any StoredBodyReader { self }
}

extension NoBody: StoredBodyReader {
  func next() async throws -> [UInt8]? { nil }
}
