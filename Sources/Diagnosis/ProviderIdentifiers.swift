// What a provider calls a message, as it says in the 250 that takes it. Each has its own words; whoever asks the provider
// about a message has to name it so.

package import SMTP

package enum ProviderIdentifiers {
  /// A server may write what it wants: so much of it is looked at, and so many identifiers are taken.
  private static let mostOctets = 1000
  private static let most = 4
  private static let longest = 200

  private typealias Word = ArraySlice<UInt8>

  /// Printable ASCII, without brackets around; the most useful first. Empty where the reply names none.
  package static func named(in reply: Reply) -> [String] {
    let text = Array(reply.lines.lazy.map(\.utf8).joined(separator: [UInt8.space]).prefix(mostOctets))
    let words = text.split { $0 <= .space || $0 == 0x7f }
    var found = words.compactMap(inBrackets).prefix(1) + words.compactMap { value(of: "internalid=", in: $0) }.prefix(1)
    if found.isEmpty, let one = byPlace(words) { found = [one] }
    return found.compactMap(printable).prefix(most).map(\.self)
  }

  /// Microsoft: `<AM9PR05MB1234@AM9PR05MB1234.eurprd05.prod.outlook.com>`.
  private static func inBrackets(_ word: Word) -> Word? {
    guard word.first == UInt8(ascii: "<"), let end = word.firstIndex(of: UInt8(ascii: ">")) else { return nil }
    let inner = word[(word.startIndex + 1)..<end]
    return inner.contains(UInt8(ascii: "@")) ? inner : nil
  }

  /// The sentences of servers, one after the other.
  private static func byPlace(_ words: [Word]) -> Word? {
    if let id = words.lazy.compactMap({ value(of: "id=", in: $0) }).first { return id }
    return queuedAs(words) ?? beforeMark(words) ?? behindOK(words)
  }

  /// Exim: `id=1rAbCd-0001Xy-2z`; Exchange: `[InternalId=12345,`.
  private static func value(of name: String, in word: Word) -> Word? {
    let word = word.drop { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "(") }
    guard word.count > name.utf8.count, word.prefix(name.utf8.count).says(name) else { return nil }
    return trimmed(word.dropFirst(name.utf8.count))
  }

  /// Postfix and its likes: `queued as 4XyZ12`, `queued on mx1.example as 17-ab`; Haraka: `Message Queued (4F-1A.1)`;
  /// Stalwart: `queued with id 17ab`.
  private static func queuedAs(_ words: [Word]) -> Word? {
    guard let queued = words.firstIndex(where: { $0.says("queued") }) else { return nil }
    let rest = words[(queued + 1)...].prefix(4)
    if let mark = rest.firstIndex(where: { $0.says("as") || $0.says("id") }) {
      return words[(mark + 1)...].first.map(trimmed)
    }
    guard let next = rest.first, next.first == UInt8(ascii: "("), next.last == UInt8(ascii: ")") else { return nil }
    return trimmed(next)
  }

  /// Google: `1700000000 a640c23a62f3a-a1b2sm123.45 - gsmtp`; sendmail and OpenSMTPD: `3AHBxyz Message accepted for
  /// delivery`.
  private static func beforeMark(_ words: [Word]) -> Word? {
    if words.count > 2, words[words.count - 1].says("gsmtp") { return words[words.count - 3] }
    guard let place = words.firstIndex(where: { $0.says("message") }), place > 0, place + 1 < words.count,
      words[place + 1].says("accepted")
    else { return nil }
    return identifier(words[place - 1])
  }

  /// Amazon and others: `Ok 0102018f1a2b3c4d-000000`; qmail: `ok 1700000000 qp 12345`.
  private static func behindOK(_ words: [Word]) -> Word? {
    guard words.count > 1, trimmed(words[0]).says("ok") else { return nil }
    if words.count > 3, words[2].says("qp") { return trimmed(words[3]) }
    return identifier(words[1])
  }

  /// Long enough to name one of many, and with a digit: no word of a language.
  private static func identifier(_ word: Word) -> Word? {
    let word = trimmed(word)
    return word.count >= 8 && word.contains(where: \.isDigit) ? word : nil
  }

  private static func trimmed(_ word: Word) -> Word {
    let isAround = { (octet: UInt8) in ".,;:()[]<>\"'".utf8.contains(octet) }
    let kept = word.drop(while: isAround)
    guard let last = kept.lastIndex(where: { !isAround($0) }) else { return [] }
    return kept[...last]
  }

  private static func printable(_ word: Word) -> String? {
    guard !word.isEmpty, word.count <= longest, word.allSatisfy({ $0 > .space && $0 < 0x7f }) else { return nil }
    return String(decoding: word, as: UTF8.self)
  }
}

extension ArraySlice<UInt8> {
  /// - Parameter word: in lower case.
  fileprivate func says(_ word: String) -> Bool { elementsEqual(word.utf8) { $0.lowercased == $1 } }
}
