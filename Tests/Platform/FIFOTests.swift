import Platform
import Testing

@Suite struct FIFOTests {
  @Test func `elements come out in the order they went in, and what was taken is released at once`() {
    final class Thing {}
    var queue = FIFO<Thing>()
    weak var first: Thing?
    do {
      let thing = Thing()
      first = thing
      queue.append(thing)
      queue.append(Thing())
    }
    #expect(first != nil)
    _ = queue.popFirst()
    #expect(first == nil)
    #expect(queue.count == 1)
  }

  @Test func `a long queue keeps its order however it is taken from`() {
    var queue = FIFO<Int>()
    var taken: [Int] = []
    for number in 0..<1000 {
      queue.append(number)
      if number % 3 != 0, let element = queue.popFirst() { taken.append(element) }
    }
    #expect(queue.removeAll { $0 % 2 == 1 }.allSatisfy { $0 % 2 == 1 })
    #expect(taken == Array(0..<taken.count))
    #expect(queue.takeAll() == (taken.count..<1000).filter { $0 % 2 == 0 })
    #expect(queue.isEmpty)
    #expect(queue.popFirst() == nil)
  }
}
