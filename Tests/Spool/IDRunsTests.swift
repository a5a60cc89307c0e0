// Numbers of messages, told briefly.

import Testing

@testable import Spool

@Suite struct IDRunsTests {
  @Test(
    arguments: [
      ([], ""), ([7], "7"), ([1, 2, 3], "1-3"), ([1, 3, 5, 6], "1,3,5-6"), ([3, 2, 1], "3,2,1"),
      ([9_223_372_036_854_775_807, 1], "9223372036854775807,1"),
    ] as [([Int64], String)])
  func `consecutive numbers are one run`(ids: [Int64], text: String) {
    let runs = IDRuns(ids.map { MessageID(rawValue: $0) })
    #expect(runs.count == ids.count && runs.texts(ofAtMost: 9).map(\.text).joined() == text)
  }

  @Test func `very many come in parts, and none is left out`() {
    let runs = IDRuns((0..<7).map { MessageID(rawValue: $0 * 2) })
    #expect(runs.texts(ofAtMost: 3).map(\.text) == ["0,2,4", "6,8,10", "12"])
    #expect(runs.texts(ofAtMost: 3).map(\.count) == [3, 3, 1])
  }
}
