// A configuration file as Python's configparser reads it: sections, `key = value`, values that go on in indented lines.

struct INIFile {
  private static let longestValue = 1 << 16

  struct Section {
    let name: String
    let source: SourceLine
    private(set) var values: [String: Sourced<String>] = [:]
    /// In the file's order.
    private(set) var keys: [String] = []

    init(name: String, source: SourceLine) {
      (self.name, self.source) = (name, source)
    }

    /// A value that is not empty.
    subscript(key: String) -> Sourced<String>? { values[key].flatMap { $0.value.isEmpty ? nil : $0 } }

    func isOn(_ key: String) -> Bool {
      ["1", "yes", "true", "on"].contains(values[key]?.value.lowercased() ?? "")
    }

    mutating func set(_ key: String, _ value: Sourced<String>) {
      if values[key] == nil { keys.append(key) }
      values[key] = value
    }

    mutating func extend(_ key: String, by text: String) {
      guard let value = values[key], value.value.utf8.count < INIFile.longestValue else { return }
      values[key] = value.map { $0.isEmpty ? text : "\($0) \(text)" }
    }
  }

  private(set) var sections: [Section] = []

  init(_ file: ForeignFile) {
    var key: String?
    for (text, source) in file.placed {
      let line = text.trimmed
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if text.first == " " || text.first == "\t", let key {
        sections[sections.count - 1].extend(key, by: line)
      } else if line.hasPrefix("["), let end = line.lastIndex(of: "]") {
        sections.append(Section(name: String(line[line.index(after: line.startIndex)..<end]), source: source))
        key = nil
      } else if let (name, value) = line.halves(at: "=", ":"), !sections.isEmpty {
        let name = name.trimmed.lowercased()
        sections[sections.count - 1].set(name, Sourced(value.trimmed, source))
        key = name
      }
    }
  }
}
