import Testing

@testable import Spool

@Suite struct StandstillTests {
  private func time(_ second: Int64) -> Timestamp { Timestamp(milliseconds: second * 1000) }

  /// Since which second nothing was taken, after each look.
  private func story(_ looks: [(second: Int64, takes: Int, hasDue: Bool)]) -> [Int64?] {
    var standstill = Standstill()
    return looks.map { look in
      standstill.look(takes: look.takes, hasDue: look.hasDue, at: time(look.second))
      return standstill.since.map { $0.milliseconds / 1000 }
    }
  }

  @Test func `what is due and not taken stands still since it was first seen so`() {
    #expect(story([(1, 0, false), (2, 0, true), (3, 0, true), (900, 0, true)]) == [nil, 2, 2, 2])
  }

  @Test func `each message that is taken is movement, however long the queue is`() {
    #expect(story([(1, 0, true), (2, 1, true), (3, 2, true), (4, 2, true), (5, 3, true)]) == [1, nil, nil, 4, nil])
  }

  @Test func `with nothing due nothing stands still`() {
    #expect(story([(1, 0, true), (2, 0, false), (3, 0, true)]) == [1, nil, 3])
  }
}
