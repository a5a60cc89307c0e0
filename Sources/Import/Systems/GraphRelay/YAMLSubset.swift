// As much of YAML as SMTP2Graph's config.yml is written in: mappings and lists by indentation, plain and quoted scalars,
// lists in brackets. Anchors, tags, blocks of text and several documents are not read, and told.

/// A value of the file.
indirect enum YAMLSubset {
  case scalar(Sourced<String>)
  case list([YAMLSubset])
  case mapping([(key: String, value: YAMLSubset)])
  case empty

  subscript(key: String) -> YAMLSubset? {
    guard case .mapping(let pairs) = self else { return nil }
    return pairs.last { $0.key == key }?.value
  }

  /// A scalar that is not empty.
  var text: Sourced<String>? {
    if case .scalar(let text) = self, !text.value.isEmpty { text } else { nil }
  }

  /// The scalars of a list; one scalar is a list of itself.
  var texts: [Sourced<String>] {
    switch self {
    case .scalar(let text): [text]
    case .list(let items): items.compactMap(\.text)
    case .mapping, .empty: []
    }
  }

  /// The scalars in it, each with the names that lead to it.
  var leaves: [(path: [String], source: SourceLine)] {
    switch self {
    case .scalar(let text): [([], text.source)]
    case .list(let items): items.flatMap(\.leaves)
    case .mapping(let pairs): pairs.flatMap { key, value in value.leaves.map { ([key] + $0.path, $0.source) } }
    case .empty: []
    }
  }

  var items: [YAMLSubset] { if case .list(let items) = self { items } else { [] } }
  var isOn: Bool { ["true", "yes", "on"].contains(text?.value.lowercased() ?? "") }
}

/// Reads one file.
struct YAMLSubsetReader {
  private struct YAMLLine {
    let indent: Int
    var content: String
    let source: SourceLine
  }

  private static let deepest = 20
  private var lines: [YAMLLine] = []
  private var index = 0
  /// What could not be read.
  private(set) var refused: [SourceLine] = []
  /// Names of which nothing is said.
  private(set) var blank: [SourceLine] = []

  init(_ file: ForeignFile) {
    for (text, source) in file.placed {
      let content = Self.withoutRemark(text).trimmed
      if content.isEmpty || content == "---" { continue }
      lines.append(YAMLLine(indent: text.prefix { $0 == " " }.count, content: content, source: source))
    }
  }

  /// A `#` at the beginning or behind a blank, outside of quotes.
  static func withoutRemark(_ text: String) -> String {
    var quote: Character?
    var before: Character = " "
    for place in text.indices {
      let character = text[place]
      if let open = quote {
        if character == open { quote = nil }
      } else if (character == "\"" || character == "'") && " :[,-{".contains(before) {
        quote = character
      } else if character == "#", before == " " || before == "\t" {
        return String(text[..<place])
      }
      before = character
    }
    return text
  }

  mutating func read() -> YAMLSubset {
    guard let first = lines.first else { return .empty }
    let top = block(indent: first.indent, depth: 0)
    refused += lines[index...].map(\.source)
    return top
  }

  private mutating func block(indent: Int, depth: Int) -> YAMLSubset {
    guard index < lines.count, depth < Self.deepest else { return tooDeep(indent) }
    return lines[index].content.hasPrefix("- ") || lines[index].content == "-"
      ? list(indent, depth) : mapping(indent, depth)
  }

  /// What stands deeper than anybody writes is passed over.
  private mutating func tooDeep(_ indent: Int) -> YAMLSubset {
    while index < lines.count, lines[index].indent >= indent {
      refused.append(lines[index].source)
      index += 1
    }
    return .empty
  }

  private mutating func list(_ indent: Int, _ depth: Int) -> YAMLSubset {
    guard depth < Self.deepest else { return tooDeep(indent) }
    var items: [YAMLSubset] = []
    while index < lines.count, lines[index].indent == indent, lines[index].content.hasPrefix("-") {
      let line = lines[index]
      let rest = line.content.dropFirst()
      let inner = rest.trimmed
      if inner.isEmpty {
        index += 1
        items.append(nested(deeperThan: indent, depth))
      } else if Self.pair(inner) != nil {
        // A mapping that begins behind the dash: its keys stand where the first one does.
        let column = indent + 1 + rest.prefix { $0 == " " }.count
        lines[index] = YAMLLine(indent: column, content: inner, source: line.source)
        items.append(mapping(column, depth + 1))
      } else {
        index += 1
        items.append(scalar(inner, line.source))
      }
    }
    return .list(items)
  }

  private mutating func mapping(_ indent: Int, _ depth: Int) -> YAMLSubset {
    var pairs: [(key: String, value: YAMLSubset)] = []
    while index < lines.count, lines[index].indent >= indent {
      let line = lines[index]
      if line.indent == indent, line.content.hasPrefix("- ") { break }
      index += 1
      guard line.indent == indent, let (key, value) = Self.pair(line.content) else {
        refused.append(line.source)
        continue
      }
      pairs.append((key, value.isEmpty ? nested(orListAt: indent, depth) : scalar(value, line.source)))
    }
    return .mapping(pairs)
  }

  private mutating func nested(deeperThan indent: Int, _ depth: Int) -> YAMLSubset {
    guard index < lines.count, lines[index].indent > indent else { return .empty }
    return block(indent: lines[index].indent, depth: depth + 1)
  }

  /// A list may stand as far left as its key.
  private mutating func nested(orListAt indent: Int, _ depth: Int) -> YAMLSubset {
    guard index < lines.count, lines[index].indent == indent, lines[index].content.hasPrefix("- ") else {
      return nested(deeperThan: indent, depth)
    }
    return list(indent, depth + 1)
  }

  /// `key: value`; the colon ends the line or stands before a blank.
  private static func pair(_ text: String) -> (key: String, value: String)? {
    if let first = text.first, first == "\"" || first == "'" || first == "[" || first == "{" { return nil }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = text[text.index(after: colon)...]
    guard rest.isEmpty || rest.hasPrefix(" ") || rest.hasPrefix("\t") else { return nil }
    return (text[..<colon].trimmed, rest.trimmed)
  }

  private mutating func scalar(_ text: String, _ source: SourceLine) -> YAMLSubset {
    if text.hasPrefix("["), text.hasSuffix("]") {
      let items = text.dropFirst().dropLast().split(separator: ",")
      if items.isEmpty { blank.append(source) }
      return .list(items.map { .scalar(Sourced($0.trimmed.unquoted, source)) })
    }
    if let first = text.first, "&*!|>{%@`".contains(first) {
      refused.append(source)
      return .empty
    }
    if text == "null" || text == "~" || text.unquoted.isEmpty {
      blank.append(source)
      return .empty
    }
    return .scalar(Sourced(text.unquoted, source))
  }
}
