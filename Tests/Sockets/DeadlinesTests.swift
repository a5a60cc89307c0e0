import Support
import Testing

@testable import Sockets

@Suite struct DeadlinesTests {
  let begin = Instant.now

  @Test func `deadlines come due in order, and never early`() {
    var random = SeededRandom(seed: 1)
    var deadlines = Deadlines()
    let delays = (0..<1000).map { _ in Int.random(in: 0..<500, using: &random) }
    for delay in delays { deadlines.insert(entry(after: delay)) }
    var due: [Int] = []
    for now in 0..<500 {
      while let entry = deadlines.popDue(at: begin + .milliseconds(now)) {
        due.append(now)
        #expect(entry.at == begin + .milliseconds(now))
      }
    }
    #expect(due == delays.sorted())
  }

  @Test func `what is abandoned goes when it is more than half of all, and what is alive stays in order`() {
    var deadlines = Deadlines()
    for delay in 0..<200 { deadlines.insert(entry(after: (delay * 37) % 200)) }
    for _ in 0..<100 { deadlines.abandonOne() }
    #expect(!deadlines.isMostlyAbandoned)
    deadlines.abandonOne()
    #expect(deadlines.isMostlyAbandoned)
    deadlines.compact { $0.key.place % 2 == 0 }
    #expect(deadlines.count == 100)
    var order: [UInt32] = []
    while let entry = deadlines.popDue(at: begin + .seconds(1)) { order.append(entry.key.place) }
    #expect(order == (0..<100).map { $0 * 2 })
  }

  @Test func `connections that come and go leave no deadlines behind`() async throws {
    try await onLoop { loop in
      let listener = try Listener(address: "127.0.0.1:0")
      let near = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
      for _ in 0..<1000 { try? await loop.run { try await sleepAndCancel(on: loop) } }
      #expect(loop.deadlines.count < 200)
      near.close()
    }
  }

  private func sleepAndCancel(on loop: EventLoop) async throws {
    let slot = Slot(in: loop)
    let key = slot.key
    loop.wake(key, .ready)
    #expect(await slot.wait(for: .read, until: soon(300)) == .ready)
    slot.release()
  }

  private func entry(after delay: Int) -> Deadlines.Entry {
    let key = SlotKey(place: UInt32(delay), generation: 0)
    return Deadlines.Entry(at: begin + .milliseconds(delay), key: key, direction: .read)
  }
}

@Suite struct SlotTableTests {
  @Test func `a key of the past finds nothing, even where its place has a new tenant`() async throws {
    try await onLoop { loop in
      let old = Slot(in: loop)
      let key = old.key
      old.release()
      let new = Slot(in: loop)
      #expect(new.key.place == key.place)
      #expect(new.key != key)
      #expect(loop.slots[key] == nil)
      #expect(loop.slots[new.key] === new)
      old.release()
      #expect(loop.slots[new.key] === new)
      new.release()
    }
  }

  @Test func `keys survive the way through the kernel`() {
    let key = SlotKey(place: 0x1234_5678, generation: 0xFFFF_FFFE)
    #expect(SlotKey(eventData: key.eventData) == key)
  }
}
