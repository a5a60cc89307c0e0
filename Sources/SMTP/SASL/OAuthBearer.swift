// OAUTHBEARER: an access token in the framing of RFC 7628.

extension SASLMechanism {
  static let oauthBearer = SASLMechanism(
    name: "OAUTHBEARER", evidence: .bearerToken
  ) { credential, _ throws(SASLError) in
    try OAuthBearerClient(credential)
  }
}

private struct OAuthBearerClient: SASLClientExchange {
  let name = "OAUTHBEARER"
  let keepsInitialResponseBack = true
  private(set) var failure: [UInt8]?
  private let username: [UInt8]
  private let host: [UInt8]
  private let port: Int
  private let token: HiddenOctets

  init(_ credential: SASLCredential) throws(SASLError) {
    (username, token, host, port) = try credential.requireToken()
  }

  mutating func initialResponse() -> [UInt8]? {
    var response = Array("n,a=".utf8) + SASLName.escaped(username) + Array(",\u{1}host=".utf8) + host
    response += Array("\u{1}port=\(port)\u{1}auth=Bearer ".utf8) + token.octets
    return response + Array("\u{1}\u{1}".utf8)
  }

  /// As with XOAUTH2, but the answer that makes the server say its refusal is one 0x01 (RFC 7628 §3.2.3).
  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    guard failure == nil else { throw .unexpectedChallenge }
    failure = challenge
    return [0x01]
  }
}
