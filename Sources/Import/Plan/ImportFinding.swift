// What an import says of one line of the old configuration, or of several that belong together.

/// What has become of one setting.
package struct ImportFinding: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    case carried
    case changed
    case leftOut = "left_out"
  }

  package private(set) var kind: Kind
  /// The line that it is about, then those that go with it. No line is in two findings.
  package private(set) var sources: [SourceLine]
  /// What it was, and what becomes of it. Never with a value that was not understood.
  package private(set) var sentence: String

  private static let longest = 1200

  init(_ kind: Kind, _ sources: [SourceLine], _ sentence: String) {
    (self.kind, self.sources) = (kind, sources)
    self.sentence = Self.capped(sentence)
  }

  /// The line that it is about.
  package var source: SourceLine? { sources.first }

  /// Takes in what else is said of the same line. Carried in one regard and not in another is changed.
  mutating func add(_ other: ImportFinding) {
    sources += other.sources.dropFirst()
    if !sentence.contains(other.sentence) {
      // What it was comes before what is changed about it.
      let isFirst = other.kind == .carried && kind != .carried
      sentence = Self.capped(isFirst ? "\(other.sentence) \(sentence)" : "\(sentence) \(other.sentence)")
    }
    if kind != other.kind { kind = .changed }
  }

  mutating func add(_ source: SourceLine) { sources.append(source) }

  /// No line of a report is longer than people read.
  private static func capped(_ text: String) -> String {
    text.count <= longest ? text : String(text.prefix(longest - 1)) + "…"
  }

  /// `/etc/postfix/main.cf:3, 5–7; /etc/postfix/sasl_passwd:1`.
  package var places: String {
    let files = sources.map(\.file).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return files.map { file in
      "\(file):" + Self.ranges(of: sources.filter { $0.file == file }.map(\.line).sorted())
    }.joined(separator: "; ")
  }

  private static let mostRanges = 12

  private static func ranges(of lines: [Int]) -> String {
    let ranges = lines.reduce(into: [ClosedRange<Int>]()) { ranges, line in
      if let last = ranges.last, line <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(line, last.upperBound)
      } else {
        ranges.append(line...line)
      }
    }
    let shown = ranges.prefix(mostRanges).map { range in
      switch range.count {
      case 1: "\(range.lowerBound)"
      case 2: "\(range.lowerBound), \(range.upperBound)"
      default: "\(range.lowerBound)–\(range.upperBound)"
      }
    }
    return (shown + (ranges.count > mostRanges ? ["…"] : [])).joined(separator: ", ")
  }
}
