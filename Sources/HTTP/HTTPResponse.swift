// What a server answered.

package struct HTTPResponse: Sendable {
  package var status: Int
  /// In the order in which they came; names as the server wrote them.
  package var fields: [(name: String, value: String)] = []
  package var body: [UInt8] = []
  /// Who was at the other end: the server, or the proxy that leads to it. `192.0.2.1 port 443`; empty where nobody was asked.
  package var peer = ""
  package var isThroughProxy = false
  /// The whole request had been written before the answer came.
  package var followsWholeRequest = true

  package init(status: Int, fields: [(name: String, value: String)] = [], body: [UInt8] = []) {
    (self.status, self.fields, self.body) = (status, fields, body)
  }

  /// The first field of that name, in any case of letters.
  package subscript(name: String) -> String? {
    let name = name.lowercased()
    return fields.first { $0.name.lowercased() == name }?.value
  }
}

extension HTTPResponse {
  /// Takes one line of the answer's head, line end and all. A status line begins the head anew: an answer may have
  /// others before it (RFC 9110 §15.2).
  mutating func receive(headLine octets: some Collection<UInt8>) {
    let line = String(decoding: octets, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      fields = []
    } else if let first = line.utf8.first, first == 0x20 || first == 0x09, let last = fields.indices.last {
      fields[last].value += " " + Self.trimmed(line)  // RFC 9112 §5.2: obsolete line folding.
    } else if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
      fields.append((String(line[..<colon]), Self.trimmed(line[line.utf8.index(after: colon)...])))
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool { [" ", "\t", "\r", "\n"].contains(scalar) }
    var rest = text.unicodeScalars[...]
    while let first = rest.first, isBlank(first) { rest.removeFirst() }
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return String(String.UnicodeScalarView(rest))
  }
}
