// Numbers of messages, told briefly: what is deleted at once has mostly come at once.

/// Message numbers in the order in which they were added; consecutive ones are kept as one run.
package struct IDRuns: Sendable, Equatable {
  private var runs: [ClosedRange<Int64>] = []
  package private(set) var count = 0

  package init() {}

  package init(_ ids: some Sequence<MessageID>) {
    for id in ids { add(id) }
  }

  mutating func add(_ id: MessageID) {
    count += 1
    if let last = runs.last, last.upperBound < .max, last.upperBound + 1 == id.rawValue {
      runs[runs.count - 1] = last.lowerBound...id.rawValue
    } else {
      runs.append(id.rawValue...id.rawValue)
    }
  }

  mutating func add(_ others: IDRuns) {
    count += others.count
    runs += others.runs
  }

  /// All of them in texts of at most `most` runs, each with how many it tells: `1-500,502`.
  package func texts(ofAtMost most: Int) -> [(count: Int, text: String)] {
    stride(from: 0, to: runs.count, by: most).map { start in
      let part = runs[start..<min(start + most, runs.count)]
      return (part.reduce(0) { $0 + $1.count }, part.map(Self.text).joined(separator: ","))
    }
  }

  private static func text(of run: ClosedRange<Int64>) -> String {
    run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)-\(run.upperBound)"
  }
}
