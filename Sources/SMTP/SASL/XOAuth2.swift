// XOAUTH2: an access token in Google's own framing, which Microsoft took over. A token in OAUTHBEARER's framing fails.

extension SASLMechanism {
  static let xoauth2 = SASLMechanism(name: "XOAUTH2", evidence: .bearerToken) { credential, _ throws(SASLError) in
    try XOAuth2Client(credential)
  }
}

private struct XOAuth2Client: SASLClientExchange {
  let name = "XOAUTH2"
  let keepsInitialResponseBack = true
  private(set) var failure: [UInt8]?
  private let username: [UInt8]
  private let token: HiddenOctets

  init(_ credential: SASLCredential) throws(SASLError) {
    (username, token, _, _) = try credential.requireToken()
  }

  mutating func initialResponse() -> [UInt8]? {
    Array("user=".utf8) + username + Array("\u{1}auth=Bearer ".utf8) + token.octets + Array("\u{1}\u{1}".utf8)
  }

  /// A challenge only ever tells what failed. It needs an empty answer, behind which the refusal follows; after `*` the
  /// server would report the cancellation instead.
  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    guard failure == nil else { throw .unexpectedChallenge }
    failure = challenge
    return []
  }
}
