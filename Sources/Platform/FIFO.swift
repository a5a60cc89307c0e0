// First in, first out. An array alone would move all its elements for each one that is taken from its front.

/// A queue of values. An element that was taken is released at once, because it may be all that keeps its owner alive.
package struct FIFO<Element> {
  @usableFromInline var places: [Element?] = []
  @usableFromInline var head = 0

  @inlinable package init() {}

  @inlinable package var count: Int { places.count - head }
  @inlinable package var isEmpty: Bool { count == 0 }

  @inlinable package mutating func append(_ element: Element) { places.append(element) }

  @inlinable
  package mutating func popFirst() -> Element? {
    guard head < places.count else { return nil }
    defer {
      places[head] = nil
      head += 1
      if head > 64, head * 2 > places.count {
        places.removeFirst(head)
        head = 0
      }
    }
    return places[head]
  }

  /// Empties the queue.
  package mutating func takeAll() -> [Element] {
    defer { self = FIFO() }
    return places[head...].compactMap { $0 }
  }

  /// - Returns: the elements that were taken out.
  package mutating func removeAll(where isMeant: (Element) -> Bool) -> [Element] {
    let all = takeAll()
    places = all.filter { !isMeant($0) }
    return all.filter(isMeant)
  }
}

extension FIFO: Sendable where Element: Sendable {}
