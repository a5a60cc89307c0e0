// The settings of one file or of one section, by their names.

struct ForeignSettings {
  private var values: [String: Sourced<String>] = [:]
  /// In the order of the file.
  private(set) var names: [String] = []
  private var inherited: Set<String> = []
  /// Lines whose setting is said again below.
  private(set) var overridden: [SourceLine] = []

  /// More than any program has; accounts that are built upon each other copy them.
  private static let most = 2000

  /// The last of a name holds.
  mutating func set(_ name: String, _ value: Sourced<String>) {
    guard names.count < Self.most || values[name] != nil else { return }
    if let old = values.updateValue(value, forKey: name) {
      if old.source != value.source { overridden.append(old.source) }
    } else {
      names.append(name)
    }
  }

  /// The same where the old line was another section's, so not said twice.
  mutating func override(_ name: String, _ value: Sourced<String>) {
    if inherited.remove(name) != nil { values[name] = value } else { set(name, value) }
  }

  /// Takes what `base` has and this has not.
  mutating func inherit(_ base: ForeignSettings) {
    for name in base.names where values[name] == nil {
      names.append(name)
      values[name] = base.values[name]
      inherited.insert(name)
    }
  }

  /// A value that is not empty.
  subscript(name: String) -> Sourced<String>? { values[name].flatMap { $0.value.isEmpty ? nil : $0 } }

  /// Where they stand.
  var lines: [SourceLine] { names.compactMap { values[$0]?.source } + overridden }

  /// The value, which is empty where only the name stands there.
  func stated(_ name: String) -> Sourced<String>? { values[name] }

}

extension String {
  private static let longestName = 48

  /// Looks like the name of a setting, and not like a secret that somebody wrote in its place.
  var isSettingName: Bool {
    guard let first = utf8.first, first != 0x5F, first != 0x2D, utf8.count <= Self.longestName else { return false }
    return utf8.allSatisfy { ($0 | 0x20).isSmallLetter || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E }
  }

  /// The same for what people name themselves: an account, a user of this host, a service.
  var isPlainName: Bool {
    guard let first = utf8.first, first != 0x2D, utf8.count <= Self.longestName else { return false }
    return utf8.allSatisfy { octet in
      (octet | 0x20).isSmallLetter || (0x30...0x39).contains(octet) || octet == 0x5F || octet == 0x2D || octet == 0x2E
    }
  }
}

extension UInt8 {
  fileprivate var isSmallLetter: Bool { (0x61...0x7A).contains(self) }
}
