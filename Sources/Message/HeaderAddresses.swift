// The addresses of From, Reply-To, To and their kin: RFC 5322 §3.4 and §4.4, RFC 6854, and what apps make of it.
// Every value has a reading: the parser guesses where it must, says so, and never fails.

package import SMTP

package struct HeaderAddresses: Sendable {
  package struct Mailbox: Equatable, Sendable {
    /// The display name; a comment serves where there is none (`root (Cron Daemon)`).
    package let name: DisplayName?
    /// As written, quotes included. Empty when only a name was found.
    package let localPart: [UInt8]
    /// Empty for a bare `root`.
    package let domain: [UInt8]

    package var address: Address? {
      if localPart.isEmpty { return nil }
      return Address(
        localPart: String(decoding: localPart, as: UTF8.self), domain: String(decoding: domain, as: UTF8.self))
    }
  }

  package private(set) var mailboxes: [Mailbox] = []
  /// Grammar as RFC 5322 wants it written, raw 8-bit text and dots in names aside: nothing was guessed, and no other
  /// reader will see another address here.
  package private(set) var isStrict: Bool
  /// There is group syntax, perhaps with nobody in it (RFC 6854).
  package private(set) var hasGroup = false

  private let tokens: [AddressToken]
  private let source: [UInt8]
  /// Where the item being read began.
  private var itemStart = 0
  /// Items before it that have no address and perhaps belong to its name: `Rossi, Mario <m@x>`.
  private var waiting: [Range<Int>] = []
  /// The item had its `<…>` already.
  private var isServed = false

  /// - Parameter value: `Header.Field.value`, folds and all.
  package init(parsing value: ArraySlice<UInt8>) {
    let (line, isClean) = AddressTokens.unfolded(value)
    let read = AddressTokens(line)
    source = line
    tokens = read.tokens
    isStrict = isClean && read.isStrict
    parse()
  }

  private mutating func parse() {
    var index = 0
    while index < tokens.count {
      guard let mark = mark(at: index) else {
        index += 1
        continue
      }
      switch mark {
      case UInt8(ascii: "<"): index = readAngle(at: index)
      case UInt8(ascii: ","):
        endItem(at: index, isLast: false)
        index += 1
      case UInt8(ascii: ";"):
        isStrict = isStrict && hasGroup
        endItem(at: index, isLast: true)
        index += 1
      case UInt8(ascii: ":"):
        startGroup(at: index)
        index += 1
      case UInt8(ascii: "@"): index += 1
      default:
        isStrict = false
        index += 1
      }
    }
    endItem(at: tokens.count, isLast: true)
  }

  private func mark(at index: Int) -> UInt8? {
    tokens[index].kind == .mark ? source[tokens[index].start] : nil
  }

  private mutating func startGroup(at colon: Int) {
    hasGroup = true
    let before = itemStart..<colon
    // `mailto:` and a colon behind an address are no group's name, but end something all the same.
    isStrict = isStrict && waiting.isEmpty && !has("@", in: before) && !words(in: before).isEmpty
    if has("@", in: before) { endItem(at: colon, isLast: true) }
    itemStart = colon + 1
    isServed = false
  }

  // MARK: Items

  private mutating func endItem(at end: Int, isLast: Bool) {
    let item = itemStart..<end
    itemStart = end + 1
    let wasServed = isServed
    isServed = false
    if has("@", in: item) {
      isStrict = isStrict && !wasServed
      flushWaiting()
      addBare(item)
    } else if wasServed {
      // Words behind `<…>` say nothing.
      isStrict = isStrict && words(in: item).isEmpty
    } else if !words(in: item).isEmpty {
      isStrict = false
      waiting.append(item)
    }
    if isLast { flushWaiting() }
  }

  /// What waited for an address and found none: `root` is a local address, anything longer a mere name.
  private mutating func flushWaiting() {
    for item in waiting {
      let words = words(in: item)
      if words.count == 1, tokens[words[0]].kind == .word {
        let name = comment(in: item)
        mailboxes.append(Mailbox(name: name, localPart: octets(of: words), domain: []))
      } else {
        mailboxes.append(Mailbox(name: phrase(words), localPart: [], domain: []))
      }
    }
    waiting.removeAll()
  }

  /// `ada@example.org`, and what may stand around it: `Ada ada@example.org`, `ada@example.org (Ada)`.
  private mutating func addBare(_ item: Range<Int>) {
    let words = item.filter { tokens[$0].kind != .comment && mark(at: $0).map { $0 == UInt8(ascii: "@") } ?? true }
    guard let at = words.lastIndex(where: { mark(at: $0) != nil }) else { return }
    var low = at
    while low > 0, mark(at: words[low - 1]) == nil, low == at || isJoined(words[low - 1], words[low]) { low -= 1 }
    var high = at + 1
    while high < words.count, high == at + 1 || isJoined(words[high - 1], words[high]) { high += 1 }
    let before = Array(words[..<low])
    let after = Array(words[high...])
    isStrict = isStrict && before.isEmpty && after.isEmpty
    add(
      name: phrase(before) ?? phrase(after) ?? comment(in: item),
      local: octets(of: words[low..<at]), domain: octets(of: words[(at + 1)..<high]))
  }

  /// Parts of one address: nothing between them, or a dot (`ada . byron`, RFC 5322 §4.4).
  private func isJoined(_ left: Int, _ right: Int) -> Bool {
    !tokens[right].follows || source[tokens[left].end - 1] == UInt8(ascii: ".")
      || source[tokens[right].start] == UInt8(ascii: ".")
  }

  private mutating func readAngle(at open: Int) -> Int {
    let before = itemStart..<open
    isStrict = isStrict && waiting.isEmpty && !has("@", in: before) && !isServed
    var phraseStart = itemStart
    if let first = waiting.first, !isServed { phraseStart = first.lowerBound } else { flushWaiting() }
    waiting.removeAll()
    let end = endOfAngle(from: open + 1)
    let isClosed = end < tokens.count && mark(at: end) == UInt8(ascii: ">")
    isStrict = isStrict && isClosed
    let rest = commentsBehind(isClosed ? end + 1 : end)
    addAngle(
      open + 1..<end,
      name: phrase((phraseStart..<open).filter { tokens[$0].kind != .comment })
        ?? comment(in: before) ?? comment(in: end..<rest))
    itemStart = rest
    isServed = true
    return rest
  }

  private func endOfAngle(from start: Int) -> Int {
    // A route has commas of its own: `<@a,@b:c@d>` (RFC 5322 §4.4).
    let isRoute = start < tokens.count && mark(at: start) == UInt8(ascii: "@")
    var end = start
    while end < tokens.count {
      switch mark(at: end) {
      case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: ";"): return end
      case UInt8(ascii: ",") where !isRoute: return end
      default: end += 1
      }
    }
    return end
  }

  private func commentsBehind(_ index: Int) -> Int {
    var index = index
    while index < tokens.count, tokens[index].kind == .comment { index += 1 }
    return index
  }

  private mutating func addAngle(_ inside: Range<Int>, name: DisplayName?) {
    // A source route, or `mailto:`, ends with a colon; only what follows is the address.
    let colon = inside.last { mark(at: $0) == UInt8(ascii: ":") }
    let tokensInside = (colon.map { $0 + 1..<inside.upperBound } ?? inside).filter { tokens[$0].kind != .comment }
    isStrict = isStrict && colon == nil
    if let at = tokensInside.lastIndex(where: { mark(at: $0) == UInt8(ascii: "@") }) {
      let local = tokensInside[..<at].filter { mark(at: $0) == nil }
      isStrict = isStrict && local.count == at
      add(name: name, local: octets(of: local), domain: octets(of: tokensInside[(at + 1)...]))
    } else {
      isStrict = false
      add(name: name, local: octets(of: tokensInside), domain: [])
    }
  }

  private mutating func add(name: DisplayName?, local: [UInt8], domain: [UInt8]) {
    let mailbox = Mailbox(name: name, localPart: local, domain: domain)
    isStrict = isStrict && mailbox.isWellFormed
    mailboxes.append(mailbox)
  }

  // MARK: Tokens

  private func words(in range: Range<Int>) -> [Int] {
    range.filter { tokens[$0].kind != .comment && tokens[$0].kind != .mark }
  }

  private func has(_ character: Unicode.Scalar, in range: Range<Int>) -> Bool {
    range.contains { mark(at: $0) == UInt8(ascii: character) }
  }

  private func octets(of indexes: some Sequence<Int>) -> [UInt8] {
    var octets: [UInt8] = []
    for index in indexes { octets += source[tokens[index].start..<tokens[index].end] }
    return octets
  }

  /// The source from the first of these words to the last.
  private func phrase(_ words: [Int]) -> DisplayName? {
    guard let first = words.first, let last = words.last else { return nil }
    return DisplayName(phrase: tokens[first...last], of: source)
  }

  private func comment(in range: Range<Int>) -> DisplayName? {
    guard let index = range.first(where: { tokens[$0].kind == .comment }) else { return nil }
    return DisplayName(comment: source[tokens[index].start..<tokens[index].end])
  }
}

extension HeaderAddresses.Mailbox {
  /// Both parts are there and can be written into a header as they are.
  var isWellFormed: Bool {
    guard !domain.isEmpty, let first = localPart.first else { return false }
    let dot = UInt8(ascii: ".")
    let isAtoms = localPart.allSatisfy { $0.isAtom || $0.is8Bit || $0 == dot }
    let isQuoted = first == UInt8(ascii: "\"") && AddressTokens(localPart).tokens.count == 1
    let isLiteral = domain.first == UInt8(ascii: "[") && AddressTokens(domain).tokens.count == 1
    return (isAtoms || isQuoted) && (isLiteral || domain.allSatisfy { $0.isAtom || $0.is8Bit || $0 == dot })
  }

  var isASCII: Bool { !localPart.contains(where: \.is8Bit) && !domain.contains(where: \.is8Bit) }

  /// The same mailbox: providers do not tell case apart in either part.
  func isAt(_ address: [UInt8]) -> Bool {
    guard localPart.count + domain.count + 1 == address.count else { return false }
    func same(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
      zip(left, right).allSatisfy { $0.lowercased == $1.lowercased }
    }
    return same(localPart[...], address.prefix(localPart.count)) && address[localPart.count] == UInt8(ascii: "@")
      && same(domain[...], address.suffix(domain.count))
  }
}
