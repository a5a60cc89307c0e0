// On which line of a TOML file a key stands. The TOML library gives lines for syntax errors only, and a wrong value
// must be reported with its line too. Does not check syntax: the library has done that.

/// Lines by key path. A path is the dotted name with the index of arrays of tables in it: `listener.0.address`.
struct KeyPositions: Sendable {
  private var lines: [String: Int] = [:]

  init(_ text: String) {
    var scanner = Scanner()
    // By octets: a character at a time this took a quarter of the time in which the relay starts.
    let octets = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in octets.enumerated() {
      guard let path = scanner.path(of: Substring(line)), lines[path] == nil else { continue }
      lines[path] = index + 1
    }
  }

  /// The line of `path`, or of the nearest table around it, or 1.
  func line(of path: [String]) -> Int {
    var path = path
    while !path.isEmpty {
      if let line = lines[path.joined(separator: ".")] { return line }
      path.removeLast()
    }
    return 1
  }
}

extension KeyPositions {
  /// What is known from the lines before: the present table, how many of each array of tables there were, and whether a
  /// multi-line string is open.
  private struct Scanner {
    private var table: [String] = []
    private var counts: [String: Int] = [:]
    private var openQuotes: Substring?

    mutating func path(of rawLine: Substring) -> String? {
      if let quotes = openQuotes {
        if rawLine.contains(quotes) { openQuotes = nil }
        return nil
      }
      let line = rawLine.drop { $0 == " " || $0 == "\t" }
      if line.hasPrefix("[[") { return enterElement(of: Self.key(in: line.dropFirst(2), until: "]")) }
      if line.hasPrefix("[") { return enter(Self.key(in: line.dropFirst(), until: "]")) }
      guard line.first != "#", let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      noteMultilineString(in: line[equals...])
      return (table + Self.key(in: line, until: "=")).joined(separator: ".")
    }

    private mutating func enter(_ key: [String]) -> String {
      table = key
      return table.joined(separator: ".")
    }

    private mutating func enterElement(of key: [String]) -> String {
      let name = key.joined(separator: ".")
      let index = counts[name, default: 0]
      counts[name] = index + 1
      return enter(key + [String(index)])
    }

    private mutating func noteMultilineString(in value: Substring) {
      for quotes in ["\"\"\"", "'''"] where value.utf8.count(where: { $0 == quotes.utf8.first }) >= 3 {
        if value.ranges(of: quotes).count == 1 { openQuotes = quotes[...] }
      }
    }

    /// `a."b.c".d` up to `end`, as its parts.
    private static func key(in text: Substring, until end: Character) -> [String] {
      var parts = [""]
      var quote: Character?
      for character in text {
        switch character {
        case quote: quote = nil
        case "\"" where quote == nil, "'" where quote == nil: quote = character
        case end where quote == nil: return parts
        case "." where quote == nil: parts.append("")
        case " " where quote == nil, "\t" where quote == nil: break
        default: parts[parts.count - 1].append(character)
        }
      }
      return parts
    }
  }
}
