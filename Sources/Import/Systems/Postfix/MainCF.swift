// Postfix's main.cf, or what `postconf -n` prints. postconf(5).

/// Its settings, the last of a name being the one that holds.
struct MainCF {
  private static let deepest = 8
  /// References that are followed for one value; settings may name each other in circles.
  private static let mostReferences = 1000
  private static let longestValue = 1 << 16
  private(set) var settings = ForeignSettings()
  /// What other settings name as `$name`.
  private(set) var referred: Set<String> = []

  /// - Parameter file: as `StatementFormat.continued`.
  init(_ file: ForeignFile) {
    for line in file.statements {
      guard let (name, value) = line.value.halves(at: "=") else { continue }
      settings.set(name.trimmed, Sourced(value.trimmed, line.source))
      for part in value.split(separator: "$").dropFirst(value.hasPrefix("$") ? 0 : 1) {
        let name = part.drop { $0 == "{" || $0 == "(" }
        referred.insert(String(name.prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
      }
    }
  }

  /// The value with what it refers to; `nil` where the file does not say it.
  func value(_ name: String) -> Sourced<String>? {
    settings.stated(name).map { setting in
      var budget = Self.mostReferences
      return setting.map { expand($0, depth: 0, &budget).trimmed }
    }
  }

  /// A value that is not empty.
  func filled(_ name: String) -> Sourced<String>? {
    value(name).flatMap { $0.value.isEmpty ? nil : $0 }
  }

  func isOn(_ name: String) -> Bool { value(name)?.value.lowercased() == "yes" }

  /// The maps of a setting: `hash:/etc/postfix/a, inline:{ a=b }`.
  func maps(_ name: String) -> [Sourced<String>] {
    guard let setting = filled(name) else { return [] }
    var maps: [String] = []
    var depth = 0
    var map = ""
    for character in setting.value + " " {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if depth <= 0, " ,\t".contains(character) {
        if !map.isEmpty { maps.append(map) }
        map = ""
      } else {
        map.append(character)
      }
    }
    return maps.map { Sourced($0, setting.source) }
  }

  // MARK: $name

  private func expand(_ text: String, depth: Int, _ budget: inout Int) -> String {
    guard text.contains("$") else { return text }
    guard depth < Self.deepest, budget > 0 else { return "" }
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$"), result.utf8.count < Self.longestValue, budget > 0 {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        result += "$"
        rest = rest.dropFirst()
      } else {
        budget -= 1
        result += expand(Self.reference(at: &rest), depth: depth + 1, &budget)
      }
    }
    // What is left has references that were not followed: they lead in a circle, or nowhere.
    return rest.contains("$") ? "" : result + rest
  }

  /// Takes `name`, `{name}`, `(name)`, `{name?text}` or `{name:text}` off `rest`.
  private static func reference(at rest: inout Substring) -> (name: String, ifSet: String?, ifNot: String?) {
    let closing: [Character: Character] = ["{": "}", "(": ")"]
    guard let first = rest.first, let close = closing[first], let end = rest.firstIndex(of: close) else {
      let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      rest = rest[name.endIndex...]
      return (String(name), nil, nil)
    }
    let inside = rest[rest.index(after: rest.startIndex)..<end]
    rest = rest[rest.index(after: end)...]
    if let (name, text) = inside.halves(at: "?") { return (name.trimmed, text, nil) }
    if let (name, text) = inside.halves(at: ":") { return (name.trimmed, nil, text) }
    return (inside.trimmed, nil, nil)
  }

  private func expand(
    _ reference: (name: String, ifSet: String?, ifNot: String?), depth: Int, _ budget: inout Int
  ) -> String {
    let value = settings.stated(reference.name)?.value ?? ""
    if let text = reference.ifSet { return value.isEmpty ? "" : expand(text, depth: depth, &budget) }
    if let text = reference.ifNot { return value.isEmpty ? expand(text, depth: depth, &budget) : "" }
    return expand(value, depth: depth, &budget)
  }
}
