// A configuration file as Python's configparser reads it: sections, `key = value`, values that go on in indented lines.

struct INIFile {
  struct Section {
    let name: String
    let source: SourceLine
    fileprivate(set) var settings = ForeignSettings()

    /// A value that is not empty.
    subscript(key: String) -> Sourced<String>? { settings[key] }

    func isOn(_ key: String) -> Bool {
      ["1", "yes", "true", "on"].contains(settings[key]?.value.lowercased() ?? "")
    }
  }

  private(set) var sections: [Section] = []

  /// - Parameter file: as `StatementFormat.sections`.
  init(_ file: ForeignFile) {
    for (line, source) in file.statements.map({ ($0.value, $0.source) }) {
      if line.hasPrefix("["), let end = line.lastIndex(of: "]") {
        sections.append(Section(name: String(line[line.index(after: line.startIndex)..<end]), source: source))
      } else if let (name, value) = line.halves(at: "=", ":"), !sections.isEmpty {
        sections[sections.count - 1].settings.set(name.trimmed.lowercased(), Sourced(value.trimmed, source))
      }
    }
  }
}
