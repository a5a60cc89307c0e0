// The declaration of one key: all that the reader, the example file, the hints and the restart notice need to know of it.

/// What people are told of a key.
package struct KeyDescription: Sendable {
  package enum Effect: Sendable {
    /// A changed value holds from the next reload (SIGHUP) on.
    case reload
    /// A changed value holds from the next start on.
    case restart
  }

  package let name: String
  /// Completes "KEY takes …": `a whole number from 1 to 100`.
  package let takes: String
  /// What holds where the file does not say it, as TOML or in words; `nil` where nothing does.
  package internal(set) var usual: String?
  package internal(set) var example: ConfigurationValue?
  /// What it is for, in one sentence or two.
  package let sentence: String
  package let effect: Effect
  /// The value itself must not be shown to everybody.
  package let isSecret: Bool
  /// The file must say it.
  package let isRequired: Bool
  /// The example file says it; other keys stand there as comments.
  package let isInExample: Bool
}

/// One key of a table of the file, and where its value is kept.
struct ConfigurationKey<Target>: Sendable {
  var description: KeyDescription
  private let range: String?
  private let set: @Sendable (ConfigurationValue, inout Target, ConfigurationFile) throws(ValueProblem) -> Void
  /// The value that a target holds, `nil` where it holds none.
  let value: @Sendable (Target) -> ConfigurationValue?

  var name: String { description.name }

  /// - Parameters:
  ///   - usual: what holds where the file does not say it, in words. By default, the target's initial value.
  ///   - example: a value that the type takes. By default, the target's initial value.
  init<Value>(
    _ name: String, _ path: any WritableKeyPath<Target, Value> & Sendable, _ type: ValueType<Value>,
    _ sentence: String, usual: String? = nil, example: ConfigurationValue? = nil,
    effect: KeyDescription.Effect = .reload,
    isSecret: Bool = false, isRequired: Bool = false, isInExample: Bool = false
  ) {
    description = KeyDescription(
      name: name, takes: type.takes + (type.range.map { " from \($0)" } ?? ""), usual: usual, example: example,
      sentence: sentence, effect: effect, isSecret: isSecret, isRequired: isRequired, isInExample: isInExample)
    range = type.range
    set = { value, target, file throws(ValueProblem) in target[keyPath: path] = try type.read(value, file) }
    value = { type.write($0[keyPath: path]) }
  }

  /// A key without which the target holds `nil`.
  init<Value>(
    _ name: String, _ path: any WritableKeyPath<Target, Value?> & Sendable, _ type: ValueType<Value>,
    _ sentence: String, usual: String? = nil, example: ConfigurationValue? = nil,
    effect: KeyDescription.Effect = .reload,
    isSecret: Bool = false, isInExample: Bool = false
  ) {
    description = KeyDescription(
      name: name, takes: type.takes + (type.range.map { " from \($0)" } ?? ""), usual: usual, example: example,
      sentence: sentence, effect: effect, isSecret: isSecret, isRequired: false, isInExample: isInExample)
    range = type.range
    set = { value, target, file throws(ValueProblem) in target[keyPath: path] = try type.read(value, file) }
    value = { $0[keyPath: path].map(type.write) }
  }

  /// Reads this key of `section`, where the section has it.
  func read(_ section: ConfigurationSection, into target: inout Target) {
    guard let value = section.value(of: name) else {
      if description.isRequired { section.report(nil, "\(name) is missing. Write \(line(description.example)).") }
      return
    }
    do throws(ValueProblem) {
      try set(value, &target, section.file)
    } catch {
      for sentence in sentences(about: error, value) { section.report(name, sentence) }
    }
  }

  private func sentences(about problem: ValueProblem, _ value: ConfigurationValue) -> [String] {
    switch problem {
    case .wrongKind: ["\(name) takes \(description.takes)."]
    case .outOfRange: ["\(line(value)) is out of range: it takes \(range ?? description.takes)."]
    case .unfit(let sentences): sentences
    }
  }

  private func line(_ value: ConfigurationValue?) -> String { "\(name) = \(value?.toml ?? "…")" }
}
