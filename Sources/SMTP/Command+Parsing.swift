// Reads one command line. RFC 5321 §4.1.1. Refuses what could be understood in two ways, and takes what old devices
// send: lower case, blanks around the colon, no angle brackets.

extension Command {
  /// - Parameter line: without its end.
  package init(parsing line: ArraySlice<UInt8>) throws(CommandError) {
    var cursor = Cursor(line)
    let verb = PackedVerb(cursor.take { !$0.isBlank })
    let arguments = cursor.rest.trimmingBlanks()
    // Octets follow BDAT even when its arguments are wrong; no other error has that meaning.
    if verb == "BDAT" {
      self = try .bdat(arguments)
      return
    }
    if line.contains(.nul) { throw .nul }
    if line.contains(.cr) { throw .bareCR }
    switch verb {
    case "MAIL": self = try .mail(arguments)
    case "RCPT": self = try .rcpt(arguments)
    case "DATA": self = try .alone(.data, arguments)
    case "EHLO": self = .hello(arguments, isExtended: true)
    case "HELO": self = .hello(arguments, isExtended: false)
    case "RSET": self = try .alone(.rset, arguments)
    case "QUIT": self = .quit
    case "NOOP": self = .noop
    case "VRFY": self = .vrfy
    case "EXPN": self = .expn
    case "HELP": self = .help
    case "STARTTLS": self = try .alone(.startTLS, arguments)
    case "AUTH": self = .auth(arguments)
    case "GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "CONNECT", "TRACE", "HOST:": self = .http
    default: self = try .unknown(line)
    }
  }

  private static func unknown(_ line: Octets) throws(CommandError) -> Command {
    guard line.prefix(8).isWord("CONTENT-") || line.suffix(9).dropLast(3).isWord(" HTTP/") else { throw .unknownVerb }
    return .http
  }

  /// Old devices send no argument with STARTTLS, DATA or RSET; one that is there may hide a command.
  private static func alone(_ command: Command, _ arguments: Octets) throws(CommandError) -> Command {
    guard arguments.isEmpty else { throw .unexpectedArgument }
    return command
  }

  private static func hello(_ name: Octets, isExtended: Bool) -> Command {
    let printable = name.prefix(255).map { $0 > 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") }
    return .hello(Hello(name: String(decoding: printable, as: UTF8.self), isExtended: isExtended))
  }

  private static func bdat(_ arguments: Octets) throws(CommandError) -> Command {
    var cursor = Cursor(arguments)
    let octets = Cursor.number(cursor.take { !$0.isBlank })
    let rest = cursor.rest.trimmingBlanks()
    guard let octets, rest.isEmpty || rest.isWord("LAST") else { throw .badChunkSize }
    return .bdat(octets: octets, last: !rest.isEmpty)
  }

  private static func auth(_ arguments: Octets) -> Command {
    var cursor = Cursor(arguments)
    let mechanism = cursor.take { !$0.isBlank }.map(\.uppercased)
    let response = cursor.rest.trimmingBlanks()
    return .auth(
      mechanism: String(decoding: mechanism, as: UTF8.self),
      initialResponse: response.isEmpty ? nil : HiddenOctets(Array(response)))
  }

  private static func mail(_ arguments: Octets) throws(CommandError) -> Command {
    var cursor = Cursor(arguments)
    guard cursor.takeColon(after: "FROM") else { throw .badMailSyntax }
    guard let path = Path(reading: &cursor) else { throw .badSender }
    return .mail(sender: path.sender, try MailParameters(parsing: cursor.rest))
  }

  private static func rcpt(_ arguments: Octets) throws(CommandError) -> Command {
    var cursor = Cursor(arguments)
    guard cursor.takeColon(after: "TO") else { throw .badRcptSyntax }
    guard let address = Path(reading: &cursor)?.address, address.canBeSentOn else { throw .badRecipient }
    for parameter in cursor.rest.split(whereSeparator: \.isBlank) {
      // When and how to report (RFC 3461) is not offered; nothing is lost where the wish is ignored.
      guard parameter.hasName("NOTIFY") || parameter.hasName("ORCPT") else { throw .unknownParameter }
    }
    return .rcpt(address)
  }
}

/// A verb in capitals, packed into a number, because numbers are compared faster than octets.
private struct PackedVerb: Equatable, ExpressibleByStringLiteral {
  private var packed: UInt64 = 0

  init(_ octets: Octets) {
    guard octets.count <= 8 else { return }
    for octet in octets { packed = packed << 8 | UInt64(octet.uppercased) }
  }

  init(stringLiteral word: StaticString) {
    for offset in 0..<word.utf8CodeUnitCount { packed = packed << 8 | UInt64(word.utf8Start[offset]) }
  }
}

extension Octets {
  fileprivate func hasName(_ word: StaticString) -> Bool { prefix { $0 != UInt8(ascii: "=") }.isWord(word) }
}

extension Address {
  /// Many servers end a path at the first bracket, quoted or not.
  fileprivate var canBeSentOn: Bool {
    !localPart.utf8.contains { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
  }
}

extension Cursor {
  fileprivate mutating func takeColon(after word: StaticString) -> Bool {
    guard take(word: word) else { return false }
    skipBlanks()
    guard take(UInt8(ascii: ":")) else { return false }
    skipBlanks()
    return true
  }
}

extension MailParameters {
  fileprivate init(parsing octets: Octets) throws(CommandError) {
    self.init()
    for parameter in octets.split(whereSeparator: \.isBlank) {
      let name = parameter.prefix { $0 != UInt8(ascii: "=") }
      try read(name, value: name.count < parameter.count ? parameter[(name.endIndex + 1)...] : nil)
    }
  }

  private mutating func read(_ name: Octets, value: Octets?) throws(CommandError) {
    if name.isWord("SIZE") {
      guard size == nil, let value, let octets = Cursor.number(value) else { throw .badParameter }
      size = octets
    } else if name.isWord("BODY") {
      guard body == nil, let value, let declared = BodyType(parsing: value) else { throw .badParameter }
      body = declared
    } else if name.isWord("SMTPUTF8") {
      guard !isSMTPUTF8, value == nil else { throw .badParameter }
      isSMTPUTF8 = true
    } else if !name.isWord("AUTH"), !name.isWord("RET"), !name.isWord("ENVID") {
      // AUTH= (RFC 4954 §5) says who first submitted the message, RET= and ENVID= (RFC 3461) what a report is to hold.
      // Some clients send them unasked. Nobody here reads them.
      throw .unknownParameter
    }
  }
}

extension MailParameters.BodyType {
  fileprivate init?(parsing octets: Octets) {
    if octets.isWord("7BIT") {
      self = .sevenBit
    } else if octets.isWord("8BITMIME") {
      self = .eightBitMIME
    } else {
      return nil
    }
  }
}
