// The client's side of AUTH: a SASL exchange in Base64, behind 334, on lines of bounded length. RFC 4954 §4.

/// One AUTH command and the answers to its challenges. Each line returned ends in CRLF, and none may be logged.
package struct Authentication: Sendable {
  /// Of `AUTH`, mechanism, initial response and CRLF; a longer initial response is sent after the 334.
  private static let maximumCommandOctets = 512

  private var exchange: any SASLClientExchange
  /// The initial response, while the server has yet to ask for it.
  private var keptBack: [UInt8]?

  /// The line that ends an exchange after `answer` has thrown. The server replies to it, but not with 235.
  package static let cancellation: [UInt8] = [UInt8(ascii: "*"), .cr, .lf]

  package init(_ exchange: any SASLClientExchange) {
    self.exchange = exchange
  }

  package var mechanism: String { exchange.name }

  /// What the server said in a challenge before it refused: with XOAUTH2 and OAUTHBEARER a JSON object.
  package var failure: [UInt8]? { exchange.failure }

  /// The first line to send.
  package mutating func command() -> [UInt8] {
    let command = Array("AUTH \(exchange.name)".utf8)
    guard let response = exchange.initialResponse() else { return command + [.cr, .lf] }
    let inlined = command + [.space] + (response.isEmpty ? [UInt8(ascii: "=")] : Base64.encode(response)) + [.cr, .lf]
    if !exchange.keepsInitialResponseBack, inlined.count <= Self.maximumCommandOctets { return inlined }
    keptBack = response
    return command + [.cr, .lf]
  }

  /// The line that answers a 334.
  package mutating func answer(to reply: Reply) throws(SASLError) -> [UInt8] {
    if let response = keptBack {
      // The initial response was not sent yet, so the server asks for it, whatever its words are.
      keptBack = nil
      return Base64.encode(response) + [.cr, .lf]
    }
    let text = reply.lines.joined().utf8.filter { !$0.isBlank }
    // Some servers prompt in plain words. LOGIN ignores prompts, and every other mechanism refuses such a challenge.
    let challenge = Base64.decode(text) ?? Array(text)
    return Base64.encode(try exchange.respond(to: challenge)) + [.cr, .lf]
  }

  /// To be called on 235. Throws when the server has not shown that it knows the password: nothing may be sent to it.
  package func finish() throws(SASLError) { try exchange.finish() }
}
