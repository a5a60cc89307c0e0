// The extensions that a reply to EHLO lists: read from a provider's, written in our own. RFC 5321 §4.1.1.1.

/// The service extensions an upstream offers on this session, since its last EHLO.
package struct Extensions: Equatable, Sendable {
  /// The extensions that Letterhead knows. The raw value is the keyword.
  package enum Keyword: String, Sendable, CaseIterable {
    case pipelining = "PIPELINING"
    case eightBitMIME = "8BITMIME"
    case smtpUTF8 = "SMTPUTF8"
    case enhancedStatusCodes = "ENHANCEDSTATUSCODES"
    case chunking = "CHUNKING"
    case binaryMIME = "BINARYMIME"
    case startTLS = "STARTTLS"
    case size = "SIZE"
    case auth = "AUTH"
    case dsn = "DSN"
    case limits = "LIMITS"
  }

  /// Each line after the first, as the server wrote it.
  package private(set) var lines: [String] = []
  private var keywords: Set<Keyword> = []
  /// The largest message that the server takes. `nil`: the server names no limit, or names it as 0 (RFC 1870 §4).
  package private(set) var size: Int?
  /// In capitals and the server's order, from `AUTH X` and the older `AUTH=X` together.
  package private(set) var authMechanisms: [String] = []
  /// The most recipients of one message (RFC 9422).
  package private(set) var maximumRecipients: Int?
  /// The most messages of one session (RFC 9422).
  package private(set) var maximumMessages: Int?

  /// Nothing offered: a server that only knows HELO.
  package init() {}

  package init(parsing reply: Reply) {
    for line in reply.lines.dropFirst() {
      lines.append(line)
      read(line)
    }
  }

  package func has(_ keyword: Keyword) -> Bool { keywords.contains(keyword) }

  private mutating func read(_ line: String) {
    // Old servers write "AUTH=LOGIN" for clients that are older still.
    let words = line.uppercased().split(whereSeparator: { " \t=".contains($0) }).map(String.init)
    guard let first = words.first, let keyword = Keyword(rawValue: first) else { return }
    keywords.insert(keyword)
    switch keyword {
    case .size: size = words.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    case .auth: authMechanisms += words.dropFirst().filter { !authMechanisms.contains($0) }
    case .limits: readLimits(words.dropFirst())
    default: break
    }
  }

  private mutating func readLimits(_ words: ArraySlice<String>) {
    for (name, value) in zip(words, words.dropFirst()) {
      guard let value = Int(value), value > 0 else { continue }
      if name == "RCPTMAX" { maximumRecipients = value }
      if name == "MAILMAX" { maximumMessages = value }
    }
  }
}

extension Extensions {
  /// The lines of our own reply to EHLO.
  ///
  /// - Parameter mechanisms: by which the client may sign in now.
  static func offered(
    by offers: ServerDialogue.Offers, isSecured: Bool, signInBy mechanisms: [String]
  ) -> [String] {
    // As 0 it would stand for any size.
    let size = max(1, min(offers.announcedMessageOctets ?? .max, offers.maximumMessageOctets))
    var lines = ["PIPELINING", "SIZE \(size)", "8BITMIME", "SMTPUTF8"]
    lines += ["ENHANCEDSTATUSCODES", "CHUNKING"]
    if offers.startTLS && !isSecured { lines.append("STARTTLS") }
    if !mechanisms.isEmpty { lines.append("AUTH \(mechanisms.joined(separator: " "))") }
    let simple = mechanisms.filter { ["PLAIN", "LOGIN"].contains($0) }
    if offers.signIn?.isLegacy == true, !simple.isEmpty { lines.append("AUTH=\(simple.joined(separator: " "))") }
    return lines
  }
}
