// Which phrases name which concept, in each language that providers are known to speak. The languages are data, one file
// each: a line for a concept, its phrases separated by commas.
//
//   sign-in: authenticat*, sign in, log … in
//
// A phrase is words in their order; `*` stands for the rest of a word, `…` for up to five words in between. Accents are
// left out. In scripts without blanks between words a phrase is looked for anywhere in a word.

package struct Lexicon: Sendable {
  /// Of every language: a provider's country does not tell its language, and many replies hold two.
  package static let all = Lexicon(texts: languages)

  static let languages = [
    english, german, french, italian, spanish, portuguese, dutch, polish, romanian, czech, russian, chinese, japanese,
    korean,
  ]

  /// By the phrase's first word; or, where that is open-ended, by its first letters.
  private var phrases: [String: [LexiconPhrase]] = [:]
  private var openPhrases: [Substring: [LexiconPhrase]] = [:]
  /// Those that may begin anywhere in a word, or with fewer letters than that.
  private var loosePhrases: [LexiconPhrase] = []

  private static let keyLength = 3

  init(texts: [String]) {
    for text in texts { read(text) }
  }

  private mutating func read(_ text: String) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let concept = Concept(rawValue: parts[0].trimming(" ")) else {
        // Only a build with a mistake in its own data comes here, and no test of the grammar would have passed.
        preconditionFailure("The lexicon knows no concept as in: \(line)")
      }
      for text in parts[1].split(separator: ",") { add(LexiconPhrase(text.trimming(" "), names: concept)) }
    }
  }

  private mutating func add(_ phrase: LexiconPhrase) {
    switch phrase.first {
    case .word(let word): phrases[word, default: []].append(phrase)
    case .beginning(let letters) where letters.count >= Self.keyLength:
      openPhrases[letters.prefix(Self.keyLength), default: []].append(phrase)
    default: loosePhrases.append(phrase)
    }
  }

  /// The concepts that the words name, each with the words that name it.
  package func concepts(in wording: Wording) -> [Concept: String] {
    var found: [Concept: String] = [:]
    for start in wording.words.indices {
      let rest = wording.words[start...]
      for group in [phrases[rest[start]], openPhrases[rest[start].prefix(Self.keyLength)], loosePhrases] {
        for phrase in group ?? [] where found[phrase.concept] == nil {
          if let words = phrase.match(at: rest) { found[phrase.concept] = words }
        }
      }
    }
    return found
  }
}

/// One phrase of the lexicon.
struct LexiconPhrase: Sendable {
  enum Part {
    case word(String)
    case beginning(String)
    /// Part of a word, in scripts without blanks.
    case piece(String)
    case gap

    func matches(_ word: String) -> Bool {
      switch self {
      case .word(let text): word == text
      case .beginning(let text): word.hasPrefix(text)
      case .piece(let text): word.contains(text)
      case .gap: false
      }
    }
  }

  private static let longestGap = 5

  let concept: Concept
  private let parts: [Part]

  init(_ text: String, names concept: Concept) {
    self.concept = concept
    parts = text.split(separator: " ").map { word in
      if word == "…" { return .gap }
      if word.hasSuffix("*") { return .beginning(String(word.dropLast())) }
      return word.unicodeScalars.contains { $0.hasNoBlanks } ? .piece(String(word)) : .word(String(word))
    }
  }

  var first: Part { parts[0] }

  /// The words that match from the first one on, or `nil`.
  func match(at words: ArraySlice<String>) -> String? {
    end(of: parts[...], in: words).map { words[..<$0].joined(separator: " ") }
  }

  /// Where the match ends that begins with the first of the words.
  private func end(of parts: ArraySlice<Part>, in words: ArraySlice<String>) -> Int? {
    guard let part = parts.first else { return words.startIndex }
    if case .gap = part {
      for skipped in 0...Self.longestGap where words.count >= skipped {
        if let end = end(of: parts.dropFirst(), in: words.dropFirst(skipped)) { return end }
      }
      return nil
    }
    guard let word = words.first, part.matches(word) else { return nil }
    return end(of: parts.dropFirst(), in: words.dropFirst())
  }
}

extension Unicode.Scalar {
  /// Chinese, Japanese and Korean: words follow one another without blanks, or carry endings.
  fileprivate var hasNoBlanks: Bool { (0x3040...0x9FFF).contains(value) || (0xAC00...0xD7A3).contains(value) }
}

extension Substring {
  fileprivate func trimming(_ character: Character) -> String {
    var text = self
    while text.first == character { text.removeFirst() }
    while text.last == character { text.removeLast() }
    return String(text)
  }
}
