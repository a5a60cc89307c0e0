// Postfix's lookup tables as their text says them. What would have to be asked (LDAP, SQL, sockets) is not: a look-up can
// reach other hosts.

/// One table.
struct PostfixMap {
  enum Kind {
    /// Keys are compared as they stand.
    case keys
    /// `/expression/ result`.
    case expressions
  }

  struct Row {
    let key: String
    let value: String
    let source: SourceLine
  }

  /// Of one table.
  private static let mostRows = 5000
  let kind: Kind
  let rows: [Row]
  /// By the key in small letters; the first row of a key holds.
  private let places: [String: Int]

  init(kind: Kind, rows: [Row]) {
    (self.kind, self.rows) = (kind, rows)
    places = Dictionary(rows.enumerated().map { ($1.key.lowercased(), $0) }) { first, _ in first }
  }

  /// Without regard to case.
  func row(_ key: String) -> Row? { places[key.lowercased()].map { rows[$0] } }

  private static let compiled: Set = ["hash", "btree", "lmdb", "cdb", "dbm", "sdbm"]

  /// - Parameter purpose: the setting's name, for what is told.
  static func read(
    _ map: Sourced<String>, for purpose: String, holdsSecrets: Bool = false, _ context: inout ImportContext
  ) -> PostfixMap? {
    guard let (type, rest) = map.value.halves(at: ":") else {
      context.leftOut(map.source, "\(purpose): that is no table.")
      return nil
    }
    switch type {
    case "static": return PostfixMap(kind: .keys, rows: [Row(key: "*", value: rest, source: map.source)])
    case "inline": return PostfixMap(kind: .keys, rows: inlineRows(rest, map.source))
    case _ where type == "texthash" || compiled.contains(type):
      return text(Sourced(rest, map.source), .keys, purpose, holdsSecrets, &context)
    case "regexp", "pcre": return text(Sourced(rest, map.source), .expressions, purpose, holdsSecrets, &context)
    default:
      context.leftOut(
        map.source,
        "\(purpose): a table of this type may ask other hosts and was not read. Write its rows into a text file, and "
          + "name it as texthash:FILE.")
      return nil
    }
  }

  private static func text(
    _ path: Sourced<String>, _ kind: Kind, _ purpose: String, _ holdsSecrets: Bool, _ context: inout ImportContext
  ) -> PostfixMap? {
    let source = path.source
    let named = context.file(named: path, by: purpose, as: .continued, holdsSecrets: holdsSecrets, isExpected: false)
    guard let file = named else {
      let isAbsolute = path.value.hasPrefix("/")
      let isCompiled = isAbsolute && [".db", ".lmdb", ".cdb", ".dir"].contains { context.exists(path.value + $0) }
      context.leftOut(
        source,
        isCompiled
          ? "\(purpose): of \(path.value) only the compiled table is there. Print it as text with postmap -s, and name that "
            + "file as texthash:FILE."
          : "\(purpose): the text file that is named there is not there or cannot be read.")
      return nil
    }
    let lines = file.statements
    if lines.count > mostRows {
      context.leftOut(source, "\(purpose): \(file.path) has more than \(mostRows) rows; those behind were not read.")
    }
    let rows = lines.prefix(mostRows).compactMap { line in
      kind == .expressions ? expression(line) : keyed(line)
    }
    return PostfixMap(kind: kind, rows: rows)
  }

  private static func keyed(_ line: Sourced<String>) -> Row? {
    guard let (key, value) = line.value.halves(at: " ", "\t") else { return nil }
    return Row(key: key, value: value.trimmed, source: line.source)
  }

  /// `/…/flags result`; the expression may hold blanks.
  private static func expression(_ line: Sourced<String>) -> Row? {
    guard let mark = line.value.first, let end = line.value.dropFirst().lastIndex(of: mark) else {
      return keyed(line)
    }
    let key = line.value[...end]
    let rest = line.value[line.value.index(after: end)...]
    guard let (_, value) = rest.halves(at: " ", "\t") else { return nil }
    return Row(key: String(key), value: value.trimmed, source: line.source)
  }

  /// `{ key = value, { key = value with blanks } }`.
  private static func inlineRows(_ text: String, _ source: SourceLine) -> [Row] {
    guard text.hasPrefix("{"), text.hasSuffix("}") else { return [] }
    let inside = text.dropFirst().dropLast()
    let parts =
      inside.contains("{") ? inside.split(separator: "{").map { $0.prefix { $0 != "}" } } : inside.split { $0 == "," }
    return parts.compactMap { part in
      part.halves(at: "=").map { Row(key: $0.before.trimmed, value: $0.after.trimmed, source: source) }
    }.filter { !$0.key.isEmpty }
  }
}
