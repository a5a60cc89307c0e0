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
    #expect(runs.count == ids.count && runs.texts(ofOctets: 99, atMost: 1).map(\.text).joined() == text)
  }

  @Test func `runs of several portions that follow each other are one`() {
    var runs = IDRuns([1, 2].map { MessageID(rawValue: $0) })
    runs.add(IDRuns([3, 4, 7].map { MessageID(rawValue: $0) }))
    runs.add(IDRuns())
    #expect(runs == IDRuns([1, 2, 3, 4, 7].map { MessageID(rawValue: $0) }))
    #expect(runs.texts(ofOctets: 99, atMost: 1).map(\.text) == ["1-4,7"])
  }

  private let even = IDRuns((0..<7).map { MessageID(rawValue: $0 * 2) })

  @Test func `very many come in parts, and none is left out`() {
    #expect(even.texts(ofOctets: 5, atMost: 9).map(\.text) == ["0,2,4", "6,8", "10,12"])
    #expect(even.texts(ofOctets: 5, atMost: 9).map(\.count) == [3, 2, 2])
    #expect(even.texts(ofOctets: 1, atMost: 9).map(\.text).last == "12", "one has room however long it is")
  }

  @Test func `where the parts have no room for all, the last says how many more there are`() {
    #expect(even.texts(ofOctets: 5, atMost: 2).map(\.text) == ["0,2,4", "6,8 … and 2 more"])
    #expect(even.texts(ofOctets: 5, atMost: 2).map(\.count) == [3, 4])
    #expect(even.texts(ofOctets: 5, atMost: 1).map(\.text) == ["0,2,4 … and 4 more"])
  }

  @Test func `no part is longer than it may be, however long the numbers are`() {
    let runs = IDRuns((0..<1000).map { MessageID(rawValue: .max - 3 * (1000 - $0)) })
    let texts = runs.texts(ofOctets: 900, atMost: 3)
    #expect(texts.dropLast().allSatisfy { $0.text.utf8.count <= 900 } && texts.count == 3)
    #expect(texts.reduce(0) { $0 + $1.count } == 1000)
    #expect(texts.last?.text.hasSuffix(" … and \(1000 - 3 * 45) more") == true)
  }
}
