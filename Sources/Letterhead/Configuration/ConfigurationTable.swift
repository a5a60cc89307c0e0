// The keys of one table of the file, and the value that they are read into.

/// What people are told of a table of the file, in the file's order.
package struct TableDescription: Sendable {
  /// As the file opens it, `[limits]` or `[[listener]]`; `nil` for the keys above all tables.
  package let header: String?
  package let sentence: String
  package let keys: [KeyDescription]
  /// The example file opens it; other tables stand there as comments.
  package let isInExample: Bool
}

struct ConfigurationTable<Target: Sendable>: Sendable {
  /// With a name in it where the file chooses one: `[entity.acme]`.
  let header: String?
  let sentence: String
  let isInExample: Bool
  /// What holds where the file says nothing.
  let initial: Target
  let keys: [ConfigurationKey<Target>]

  init(
    _ header: String?, _ sentence: String, isInExample: Bool = false, initial: Target,
    keys: [ConfigurationKey<Target>]
  ) {
    self.header = header
    self.sentence = sentence
    self.isInExample = isInExample
    self.initial = initial
    self.keys = keys
  }

  /// Reads each key that `section` has. Keys of the section that are no table's are reported by the section.
  func read(_ section: ConfigurationSection, into target: inout Target) {
    for key in keys { key.read(section, into: &target) }
  }

  /// The keys that say something of `target`.
  func entries(of target: Target) -> [(key: String, value: ConfigurationValue)] {
    keys.compactMap { key in
      guard let value = key.value(target), value != key.value(initial), !value.isEmpty else { return nil }
      return (key.name, value)
    }
  }

  /// The names of the keys whose new value holds only after a restart.
  func restartKeys(from old: Target, to new: Target) -> [String] {
    keys.filter { $0.description.effect == .restart && $0.value(old) != $0.value(new) }.map(\.name)
  }

  var description: TableDescription {
    let keys = keys.map { key in
      var description = key.description
      let value = key.value(initial).flatMap { $0.isEmpty ? nil : $0 }
      description.usual = description.usual ?? value?.toml
      description.example = description.example ?? value
      return description
    }
    return TableDescription(header: header, sentence: sentence, keys: keys, isInExample: isInExample)
  }
}
