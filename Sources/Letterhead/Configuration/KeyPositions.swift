// On which line of which file a key stands. The TOML library gives lines for syntax errors only, and a wrong value
// must be reported with its line too. Does not check syntax: the library has done that.

/// Places by key path. A path is the dotted name with the index of arrays of tables in it: `listener.0.address`; the
/// elements of a later file go on counting.
struct KeyPositions: Sendable {
  /// A line of one of the files, in the order in which they are read.
  struct Place: Sendable, Equatable, Comparable {
    let file: Int
    let line: Int

    static func < (one: Place, other: Place) -> Bool { (one.file, one.line) < (other.file, other.line) }
  }

  /// A path that two files have.
  struct Doublet: Sendable, Equatable {
    let path: String
    let first: Place
    let second: Place
  }

  private let files: [String]
  private var places: [String: Place] = [:]
  private(set) var doublets: [Doublet] = []

  /// - Parameter texts: the main file's first.
  init(_ texts: [ConfigurationText]) {
    files = texts.map(\.file)
    var scanner = Scanner()
    for (index, text) in texts.enumerated() {
      scanner.beginFile()
      // By octets: a character at a time this took a quarter of the time in which the relay starts.
      let octets = text.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for (line, octets) in octets.enumerated() {
        guard let path = scanner.path(of: Substring(octets)) else { continue }
        note(path, at: Place(file: index, line: line + 1))
      }
    }
  }

  init(_ text: String, of file: String) { self.init([ConfigurationText(file: file, text: text)]) }

  private mutating func note(_ path: String, at place: Place) {
    guard let first = places[path] else { return places[path] = place }
    if first.file != place.file { doublets.append(Doublet(path: path, first: first, second: place)) }
  }

  /// The place of `path`, or of the nearest table around it, or the beginning of the main file.
  func place(of path: [String]) -> Place {
    var path = path
    while !path.isEmpty {
      if let place = places[path.joined(separator: ".")] { return place }
      path.removeLast()
    }
    return Place(file: 0, line: 1)
  }

  func problem(_ message: String, at place: Place) -> ConfigurationProblem {
    ConfigurationProblem(file: files[place.file], line: place.line, message: message)
  }
}

extension KeyPositions {
  /// What is known from the lines before: the present table, how many of each array of tables there were, and whether a
  /// multi-line string is open.
  private struct Scanner {
    private var table: [String] = []
    private var counts: [String: Int] = [:]
    private var openQuotes: Substring?

    /// The elements of arrays go on counting.
    mutating func beginFile() { (table, openQuotes) = ([], nil) }

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
