// Texts that a support bundle may show because of their form: names that the configuration restricts, codes, numbers.

enum PlainWord {
  /// A name as the configuration takes it for entities, apps and providers, or a word of this program's own tables.
  static func name(_ text: some StringProtocol) -> String? {
    let isPlain =
      (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
      }
    return isPlain ? String(text) : nil
  }

  /// Digits with at most a sign, a point, and an exponent.
  static func number(_ text: some StringProtocol) -> String? {
    Substring(text).wholeMatch(of: #/-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+\-]?[0-9]{1,3})?/#) == nil ? nil : String(text)
  }

  /// A time in ISO 8601, to the second or finer.
  static func time(_ text: some StringProtocol) -> String? {
    Substring(text).wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z/#) == nil ? nil : String(text)
  }

  /// The codes at the beginning of a reply, without its words: `535 5.7.3`.
  static func reply(_ text: some StringProtocol) -> String? {
    guard let match = Substring(text).prefixMatch(of: #/[245]\d\d([ \-]\d\.\d{1,3}\.\d{1,3})?(?=[ \-]|$)/#) else {
      return nil
    }
    return String(match.output.0)
  }

  /// `0.9.2`, `1.0.0-rc1`.
  static func version(_ text: some StringProtocol) -> String? {
    Substring(text).wholeMatch(of: #/\d{1,4}(\.\d{1,4}){1,3}(-[a-z0-9]{1,8})?/#) == nil ? nil : String(text)
  }
}
