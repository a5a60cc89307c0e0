// The addresses of From, Reply-To, To and similar fields: RFC 5322 §3.4 and §4.4, RFC 6854, and the faulty forms that
// apps send. The parser never fails: where it has to guess, `isStrict` is false.

package import SMTP

package struct HeaderAddresses: Sendable {
  package private(set) var mailboxes: [NamedAddress] = []
  /// The value follows RFC 5322's grammar, raw 8-bit text and dots in names aside: nothing was guessed, and every
  /// reader finds the same addresses.
  package private(set) var isStrict: Bool
  /// The value has a group, perhaps without members (RFC 6854).
  package private(set) var hasGroup = false

  private let tokens: [AddressToken]
  private let source: [UInt8]
  /// Where the item being read began.
  private var itemStart = 0
  /// Items before the present one that have no address and perhaps belong to its name: `Rossi, Mario <m@x>`.
  private var waiting: [Range<Int>] = []
  /// The present item has had its `<…>`.
  private var isServed = false

  /// - Parameter value: `Header.Field.value`, folds and all.
  package init(parsing value: ArraySlice<UInt8>) { self.init(parsing: value, declared: nil) }

  /// - Parameter declared: the character set of raw names.
  init(parsing value: ArraySlice<UInt8>, declared: DeclaredCharset?) {
    let (raw, isClean) = AddressTokens.unfolded(value)
    let line = if let declared, declared.covers(raw) { declared.encodedNames(raw) } else { raw }
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
    // `mailto:` and a colon behind an address begin no group, but end an item.
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
      // Words behind `<…>` are ignored.
      isStrict = isStrict && words(in: item).isEmpty
    } else if !words(in: item).isEmpty {
      isStrict = false
      waiting.append(item)
    }
    if isLast { flushWaiting() }
  }

  /// Reads the waiting items for which no address came: a single word such as `root` is a local address, several words
  /// are a name without an address.
  private mutating func flushWaiting() {
    for item in waiting {
      let words = words(in: item)
      if words.count == 1, tokens[words[0]].kind == .word {
        let name = comment(in: item)
        mailboxes.append(NamedAddress(name: name, localPart: octets(of: words), domain: []))
      } else {
        mailboxes.append(NamedAddress(name: phrase(words), localPart: [], domain: []))
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
    // A route may contain commas: `<@a,@b:c@d>` (RFC 5322 §4.4).
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
    let mailbox = NamedAddress(name: name, localPart: local, domain: domain)
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

extension Header {
  /// Who From names, in all its fields: enough of them for a route.
  package var authors: [Address] {
    Array(all(.from).flatMap { HeaderAddresses(parsing: $0.value).mailboxes }.compactMap(\.address).prefix(100))
  }
}
