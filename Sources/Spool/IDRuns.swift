// Numbers of messages, told briefly: what is deleted at once has mostly come at once.

/// Message numbers in the order in which they were added; consecutive ones are kept as one run.
package struct IDRuns: Sendable, Equatable {
  private var runs: [ClosedRange<Int64>] = []
  package private(set) var count = 0

  package init() {}

  package init(_ ids: some Sequence<MessageID>) {
    for id in ids { add(id) }
  }

  package mutating func add(_ id: MessageID) { add(id.rawValue...id.rawValue) }

  mutating func add(_ others: IDRuns) { for run in others.runs { add(run) } }

  private mutating func add(_ run: ClosedRange<Int64>) {
    count += run.count
    if let last = runs.last, last.upperBound < .max, last.upperBound + 1 == run.lowerBound {
      runs[runs.count - 1] = last.lowerBound...run.upperBound
    } else {
      runs.append(run)
    }
  }

  /// The numbers in order, `1-500,502`, in at most `most` texts of about `octets` each. Where these have no room for all,
  /// the last one ends with how many more there are.
  ///
  /// - Returns: each with how many messages it stands for; together they stand for all.
  package func texts(ofOctets octets: Int, atMost most: Int) -> [(count: Int, text: String)] {
    var texts: [(count: Int, text: String)] = []
    for (place, run) in runs.enumerated() {
      let text = Self.text(of: run)
      if let last = texts.indices.last, texts[last].text.utf8.count + 1 + text.utf8.count <= octets {
        texts[last].count += run.count
        texts[last].text += ",\(text)"
      } else if let last = texts.indices.last, texts.count >= most {
        let more = runs[place...].reduce(0) { $0 + $1.count }
        texts[last].count += more
        texts[last].text += " … and \(more) more"
        break
      } else {
        texts.append((run.count, text))
      }
    }
    return texts
  }

  private static func text(of run: ClosedRange<Int64>) -> String {
    run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)-\(run.upperBound)"
  }
}
