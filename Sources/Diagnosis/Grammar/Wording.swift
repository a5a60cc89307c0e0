// A provider's words in the form in which the lexicon compares them: small letters without accents, addresses and numbers
// replaced by signs, links left out. "Données dépassées pour <a@b.example>" becomes [donnees, depassees, pour, @].

/// The words of one reply.
package struct Wording: Sendable, Equatable {
  /// Signs in place of what differs between replies alike.
  enum Sign {
    static let address = "@"
    static let number = "#"
    /// A machine's address.
    static let machine = "ip"
  }

  /// More would be a hostile server's: no sentence that is known is so long.
  private static let maximumWords = 400

  package let words: [String]

  /// - Parameter text: without three-digit and enhanced code.
  package init(_ text: String) {
    var words: [String] = []
    for piece in text.split(whereSeparator: \.isWhitespace) where words.count < Self.maximumWords {
      words += Self.words(of: piece)
    }
    self.words = words
  }

  private static func words(of piece: Substring) -> [String] {
    if piece.contains("://") { return [] }
    return piece.split(whereSeparator: \.isBracket).flatMap(wordsOfPart)
  }

  private static func wordsOfPart(_ piece: Substring) -> [String] {
    if piece.isMachineAddress { return [Sign.machine] }
    if let word = piece.hostWord { return [word] }
    if let at = piece.firstIndex(of: "@"), at > piece.startIndex, piece[at...].contains(".") { return [Sign.address] }
    return split(piece).map(folded)
  }

  /// At everything that is no letter or digit, and before a capital inside a word: `SendAsDenied` is three words.
  private static func split(_ piece: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    func end() {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    let characters = Array(piece)
    for (place, character) in characters.enumerated() {
      if character.isApostrophe, characters.isContraction(at: place) { continue }
      guard character.isLetter || character.isNumber else {
        // "e-mail" is one word, "sign-in" are two.
        if character == "-", word.lowercased() == "e" { continue }
        end()
        continue
      }
      if character.isUppercase, characters.beginsWord(at: place) { end() }
      word.append(character)
    }
    end()
    return words
  }

  private static func folded(_ word: String) -> String {
    if word.allSatisfy(\.isNumber) { return Sign.number }
    return word.lowercased().unicodeScalars.map(\.withoutAccent).joined()
  }
}

extension Character {
  fileprivate var isApostrophe: Bool { self == "'" || self == "\u{2019}" }

  /// What stands around an address.
  fileprivate var isBracket: Bool { "[]<>()\"=;,|'`\u{2018}\u{201C}\u{201D}".contains(self) && !isApostrophe }
}

extension Substring {
  fileprivate var isMachineAddress: Bool {
    let octets = split(separator: ":").first?.split(separator: ".") ?? []
    if octets.count >= 4, octets.prefix(4).allSatisfy({ UInt8($0) != nil }) { return true }
    return count { $0 == ":" } >= 2 && count > 4 && allSatisfy { $0.isHexDigit || $0 == ":" }
  }
}

extension Substring {
  /// What hosts end in; a full stop without a blank behind it is no host.
  private static let topDomains: Set<String> = [
    "com", "net", "org", "info", "biz", "io", "eu", "example", "local", "internal", "lan", "de", "at", "ch", "fr", "it",
    "es", "pt", "br", "nl", "be", "pl", "ro", "cz", "sk", "ru", "su", "ua", "cn", "jp", "kr", "uk", "us", "ca", "au",
    "se", "no", "dk", "fi", "tr", "in", "hk", "tw", "gr", "hu", "cloud", "host", "email",
  ]

  /// What hosts of block lists are called.
  private static let listLabels: Set<String> = ["dnsbl", "rbl", "bl", "sbl", "xbl", "pbl", "zen", "dbl", "blacklist"]

  /// Of a host name the label that names a block list, `zen` of zen.spamhaus.org; else the name of its owner, `acme` of
  /// mail.acme.example. The other labels say nothing about the reply.
  fileprivate var hostWord: String? {
    let labels = drop { $0 == "." }.split(separator: ".")
    guard labels.count >= 2, !contains("@"), let last = labels.last?.lowercased(), Self.topDomains.contains(last),
      labels.allSatisfy({ $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" } })
    else { return nil }
    return labels.map { $0.lowercased() }.first(where: Self.listLabels.contains)
      ?? labels[labels.count - 2].lowercased()
  }
}

extension Array where Element == Character {
  /// don't, you've, we're, I'll; but not d'un.
  fileprivate func isContraction(at place: Int) -> Bool {
    let rest = String(self[(place + 1)...].prefix { $0.isLetter }).lowercased()
    return ["t", "s", "ve", "re", "ll"].contains(rest)
  }

  /// A capital between two small letters, but for the second letter of a word.
  fileprivate func beginsWord(at place: Int) -> Bool {
    place >= 2 && place + 1 < count && self[place - 1].isLowercase && self[place + 1].isLowercase
  }
}

extension Unicode.Scalar {
  /// `é` becomes `e`, `ł` becomes `l`, by the name that Unicode gives the letter. Other scripts stay as they are.
  fileprivate var withoutAccent: String {
    guard value >= 0x80, let name = properties.name, name.hasPrefix("LATIN SMALL LETTER ") else {
      return properties.generalCategory == .nonspacingMark ? "" : String(self)
    }
    if value == 0xDF { return "ss" }
    guard let with = name.firstRange(of: " WITH ") else { return String(self) }
    return name[..<with.lowerBound].last.map { $0.lowercased() } ?? String(self)
  }
}
