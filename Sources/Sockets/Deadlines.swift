// When the loop has to check which waiter: a binary heap, earliest first. An entry whose waiter is gone, or has another
// entry by now, is called abandoned. It is dropped when its time comes, or when more than half of all entries are abandoned.

struct Deadlines {
  struct Entry {
    let at: Instant
    let key: SlotKey
    let direction: Direction
  }

  private var heap: [Entry] = []
  /// How many entries are abandoned.
  private var abandoned = 0

  var next: Instant? { heap.first?.at }
  var count: Int { heap.count }
  var isMostlyAbandoned: Bool { abandoned > 64 && abandoned > heap.count / 2 }

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].at < heap[parent].at else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popDue(at now: Instant) -> Entry? {
    guard let first = heap.first, first.at <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink(from: 0)
    }
    return first
  }

  mutating func abandonOne() { abandoned += 1 }
  mutating func droppedOne() { abandoned -= 1 }

  mutating func compact(keeping isAlive: (Entry) -> Bool) {
    heap.removeAll { !isAlive($0) }
    abandoned = 0
    for parent in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(from: parent) }
  }

  private mutating func sink(from start: Int) {
    var parent = start
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { return }
      let right = left + 1
      let smaller = right < heap.count && heap[right].at < heap[left].at ? right : left
      guard heap[smaller].at < heap[parent].at else { return }
      heap.swapAt(parent, smaller)
      parent = smaller
    }
  }
}
