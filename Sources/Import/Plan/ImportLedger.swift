// Which lines the old files have, and what was said of them. In the end each has been spoken of exactly once: what two
// rules said of a line is one finding, and what none of them said is left out, and told as that.

/// The findings of one import, as they come about.
struct ImportLedger {
  /// A group of settings of which the same is said.
  private struct LedgerGroup: Hashable {
    let kind: ImportFinding.Kind
    let file: String
    let sentence: String
  }

  private var expected: [SourceLine] = []
  private var known: Set<SourceLine> = []
  /// Of settings; only these are ever shown.
  private var names: [SourceLine: String] = [:]
  private var findings: [ImportFinding] = []
  private var said: Set<ImportFinding> = []
  private var parts: [(line: SourceLine, head: SourceLine)] = []
  private var groups: [(group: LedgerGroup, line: SourceLine)] = []
  /// Behind so many findings nobody reads on; a hostile file may repeat itself a million times.
  private static let mostFindings = 1000
  private static let mostNames = 20

  // MARK: Lines

  /// A line that says something.
  mutating func expect(_ line: SourceLine) {
    if known.insert(line).inserted { expected.append(line) }
  }

  /// The line's setting. A name that may be something else is not taken.
  mutating func name(_ line: SourceLine, _ name: String) {
    if name.isSettingName { names[line] = name }
  }

  // MARK: What is said of them

  /// Once, however often a rule comes to it.
  mutating func tell(_ finding: ImportFinding) {
    if said.insert(finding).inserted { findings.append(finding) }
  }

  /// What is said of `head` holds for these lines too, where nothing is said of them themselves.
  mutating func join(_ lines: [SourceLine], to head: SourceLine) { parts += lines.map { ($0, head) } }

  /// The same for several settings of a file; their names stand behind it.
  ///
  /// - Parameter sentence: without its full stop.
  mutating func group(_ line: SourceLine, _ kind: ImportFinding.Kind, _ sentence: String) {
    groups.append((LedgerGroup(kind: kind, file: line.file, sentence: sentence), line))
  }

  // MARK: In the end

  /// The findings, with every line of the files in exactly one of them.
  ///
  /// - Parameter isUseful: there is a mailbox that settings can belong to.
  func settle(isUseful: Bool) -> [ImportFinding] {
    var settled = SettledFindings(findings.prefix(Self.mostFindings))
    settled.give(parts)
    settled.give(groups.map { ($0.group, $0.line) }, names)
    settled.give(findings.dropFirst(Self.mostFindings).flatMap(\.sources).map { (Self.unlisted($0), $0) }, [:])
    settled.give(expected.map { (isUseful ? unspoken($0) : Self.useless($0), $0) }, names)
    return settled.findings
  }

  private static func unlisted(_ line: SourceLine) -> LedgerGroup {
    LedgerGroup(
      kind: .changed, file: line.file, sentence: "More than \(mostFindings) findings: of these lines nothing is told")
  }

  private static func useless(_ line: SourceLine) -> LedgerGroup {
    LedgerGroup(
      kind: .leftOut, file: line.file, sentence: "Not carried, for there is no mailbox that it could belong to")
  }

  private func unspoken(_ line: SourceLine) -> LedgerGroup {
    LedgerGroup(
      kind: .leftOut, file: line.file,
      sentence: names[line] == nil
        ? "Not understood, and not shown, for it may be a secret" : "Without a counterpart")
  }

  /// The findings while they are put together.
  private struct SettledFindings {
    private(set) var findings: [ImportFinding] = []
    private var places: [SourceLine: Int] = [:]
    private var given: Set<SourceLine>

    /// Several findings about one line are one.
    init(_ told: ArraySlice<ImportFinding>) {
      given = Set(told.compactMap(\.source))
      for finding in told {
        let others = finding.sources.dropFirst().filter { given.insert($0).inserted }
        let mine = ImportFinding(finding.kind, Array(finding.sources.prefix(1)) + others, finding.sentence)
        if let head = finding.source, let place = places[head] {
          findings[place].add(mine)
        } else {
          if let head = finding.source { places[head] = findings.count }
          findings.append(mine)
        }
      }
    }

    mutating func give(_ parts: [(line: SourceLine, head: SourceLine)]) {
      for part in parts {
        guard let place = places[part.head], given.insert(part.line).inserted else { continue }
        findings[place].add(part.line)
      }
    }

    /// - Parameter names: are told behind the sentence, where there are some.
    mutating func give(_ lines: [(group: LedgerGroup, line: SourceLine)], _ names: [SourceLine: String]) {
      var order: [LedgerGroup] = []
      var members: [LedgerGroup: [SourceLine]] = [:]
      for (group, line) in lines where given.insert(line).inserted {
        if members[group] == nil { order.append(group) }
        members[group, default: []].append(line)
      }
      for group in order {
        let lines = members[group] ?? []
        var seen: Set<String> = []
        let shown = lines.compactMap { names[$0] }.filter { seen.insert($0).inserted }
        let most = ImportLedger.mostNames
        let list = shown.prefix(most).joined(separator: ", ") + (shown.count > most ? ", …" : "")
        findings.append(
          ImportFinding(group.kind, lines, shown.isEmpty ? "\(group.sentence)." : "\(group.sentence): \(list)."))
      }
    }
  }
}
