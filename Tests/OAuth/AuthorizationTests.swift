// The authorization request, and what may come back of it.

import Cryptography
import Foundation
import Mailboxes
import Testing

@testable import OAuth

extension OAuthService {
  /// Everything at one token server; its other endpoints are where nobody listens.
  static func test(_ tokenURL: URL, scopes: [String] = ["mail", "openid", "offline_access"]) -> OAuthService {
    var service = OAuthService(tokenURL: tokenURL.absoluteString)
    service.authorizeURL = "https://login.example/{tenant}/authorize"
    service.deviceURL = tokenURL.absoluteString
    service.scopes = scopes
    service.issuer = "https://login.example/{tenant}"
    service.tenant = "acme"
    return service
  }
}

/// An id token with this payload; nobody looks at the rest.
func idToken(_ payload: String) -> String { "e30." + Base64URL.encode(payload.utf8) + ".c2ln" }

extension AuthorizationRequest {
  var fields: [String: String] {
    Dictionary(uniqueKeysWithValues: Form.fields(of: url.query(percentEncoded: true) ?? ""))
  }
}

@Suite struct AuthorizationTests {
  private static let tokenURL = URL(string: "https://login.example/token")!
  private let client = OAuthClient(id: "app 1", tokenURL: tokenURL)

  private func request(
    _ client: OAuthClient? = nil, _ change: (inout OAuthService) -> Void = { _ in }
  ) throws -> AuthorizationRequest {
    var service = OAuthService.test(Self.tokenURL)
    change(&service)
    return try AuthorizationRequest(
      to: service, by: client ?? self.client, redirectURI: "http://127.0.0.1:7777", loginHint: "office@acme.example")
  }

  @Test func `the address has everything the provider needs, and nothing that is only ours`() throws {
    let request = try request(nil) { $0.authorizeExtra = "access_type=offline&prompt=consent" }
    var fields = request.fields
    #expect(request.url.absoluteString.hasPrefix("https://login.example/acme/authorize?"))
    for random in ["state", "nonce", "code_challenge"] { #expect(fields.removeValue(forKey: random)?.count ?? 0 >= 22) }
    #expect(
      fields == [
        "response_type": "code", "client_id": "app 1", "redirect_uri": "http://127.0.0.1:7777",
        "scope": "mail openid offline_access", "code_challenge_method": "S256", "login_hint": "office@acme.example",
        "access_type": "offline", "prompt": "consent",
      ])
  }

  @Test func `without openid there is no nonce, and an address with a query keeps it`() throws {
    let request = try request(nil) {
      $0.scopes = ["mail"]
      $0.authorizeURL = "https://login.example/authorize?p=1"
    }
    #expect(request.fields["nonce"] == nil)
    #expect(request.fields["p"] == "1")
  }

  @Test func `no two attempts have anything in common`() throws {
    let (one, two) = (try request(), try request())
    for random in ["state", "nonce", "code_challenge"] { #expect(one.fields[random] != two.fields[random]) }
  }

  @Test(arguments: [nil, "http://login.example/authorize"])
  func `a provider without an authorization endpoint that is safe does not offer this`(url: String?) {
    #expect(throws: SignInError.notOffered) { try request(nil) { $0.authorizeURL = url } }
  }

  // MARK: What comes back

  @Test(
    arguments: [
      ("code=c&state=STATE", nil),
      ("state=STATE&code=c&iss=https%3A%2F%2Flogin.example%2Facme&session_state=x", nil),
      ("code=c", .callback(.noState)),
      ("code=c&state=", .callback(.noState)),
      ("code=c&state=STATE&state=STATE", .callback(.noState)),  // twice is never (RFC 6749 §3.1)
      ("code=c&state=other", .callback(.otherState)),
      ("code=c&state=STATE&iss=https%3A%2F%2Fevil.example", .callback(.otherIssuer)),
      ("state=STATE", .callback(.noCode)),
      ("code=c&code=d&state=STATE", .callback(.noCode)),
      ("error=access_denied&state=other", .callback(.otherState)),
      (
        "error=access_denied&error_description=AADSTS65004%3A+no%0d%0Aconsent&state=STATE",
        .refused(error: "access_denied", description: "AADSTS65004: no consent")
      ),
      ("error=x%00%1b[31m&state=STATE", .refused(error: "x [31m", description: "")),
    ] as [(String, SignInError?)])
  func `only an answer to this very request counts`(query: String, fault: SignInError?) throws {
    let request = try request()
    let callback = try Callback(query: query.replacing("STATE", with: try #require(request.fields["state"])))
    if let fault {
      #expect(throws: fault) { try request.code(in: callback) }
    } else {
      #expect(try request.code(in: callback) == Secret("c"))
    }
  }

  @Test(arguments: [
    "http://127.0.0.1:7777/?code=a%2Fb&state=STATE", "  <http://127.0.0.1:7777?code=a%2Fb&state=STATE>\n",
    "http://127.0.0.1:7777/?co\r\n  de=a%2Fb&sta\nte=STATE", "\"code=a/b&state=STATE\"", "?state=STATE&code=a%2fb",
    "http://localhost/?code=a%2Fb&state=STATE#_=_",
  ])
  func `a pasted address is read however it was copied`(text: String) throws {
    let request = try request()
    let callback = try Callback(pasted: text.replacing("STATE", with: try #require(request.fields["state"])))
    #expect(try request.code(in: callback) == Secret("a/b"))
  }

  @Test(
    arguments: [
      ("", .unreadable), (" \n", .unreadable), ("4/0AbCdEf", .noState), ("http://127.0.0.1:7777/", .noState),
      (String(repeating: "a=b&", count: 10_000), .unreadable),
    ] as [(String, SignInError.CallbackFault)])
  func `what is no address of that page is told as such`(text: String, fault: SignInError.CallbackFault) {
    #expect(throws: SignInError.callback(fault)) { try Callback(pasted: text) }
  }

  // MARK: The code

  private func signIn(_ answer: FakeTokenServer.Answer, scopes: [String] = ["mail", "openid"]) async throws
    -> PersonSignIn
  {
    let server = try await FakeTokenServer(answer)
    let client = OAuthClient(id: "app", tokenURL: server.url)
    let request = try request(client) { $0.scopes = scopes }
    let signedIn = try await request.signIn(with: Secret("code-1"), at: .unproxied(), now: noon)
    let form = server.forms[0]
    let challenge = Base64URL.encode(SHA256.digest(of: Array((form["code_verifier"] ?? "").utf8)))
    #expect(challenge == request.fields["code_challenge"])
    #expect(form["code_verifier"]?.count == 43)
    #expect(form["code"] == "code-1")
    #expect(form["grant_type"] == "authorization_code")
    #expect(form["redirect_uri"] == "http://127.0.0.1:7777")
    #expect(form["client_id"] == "app")
    return signedIn
  }

  private func answer(_ fields: String) -> FakeTokenServer.Answer {
    FakeTokenServer.Answer(body: "{\"access_token\":\"a\",\(fields)}")
  }

  @Test func `a code brings refresh token, account, scope and end`() async throws {
    let token = idToken(
      #"{"email":"Office@acme.example","preferred_username":"office@acme.example","upn":"o@acme.local"}"#)
    let signedIn = try await signIn(
      answer(
        "\"refresh_token\":\"r\",\"scope\":\"openid mail\",\"refresh_token_expires_in\":\"604800\",\"id_token\":\"\(token)\""
      ))
    #expect(signedIn.refreshToken == Secret("r"))
    #expect(signedIn.lapses == noon + 604_800)
    #expect(signedIn.granted == "openid mail")
    #expect(signedIn.account?.names == ["Office@acme.example", "o@acme.local"])
    #expect(signedIn.account?.isCalled("OFFICE@acme.example") == true)
  }

  @Test(arguments: ["e30", "a.b.c", "..", "e30.e30.c2ln", "e30.W10.c2ln", "e30.eyJlbWFpbCI6N30.c2ln"])
  func `an id token that says nothing is no fault`(token: String) async throws {
    let signedIn = try await signIn(answer("\"refresh_token\":\"r\",\"id_token\":\"\(token)\""))
    #expect(signedIn.account?.names ?? [] == [])
    #expect(signedIn.granted == nil)
  }

  @Test(
    arguments: [
      ("\"scope\":\"mail\"", .noRefreshToken(granted: "mail")),
      ("\"refresh_token\":\"\"", .noRefreshToken(granted: "")),
      ("\"refresh_token\":\"r\",\"scope\":\"openid\"", .scopeMissing("mail", granted: "openid")),
      ("\"refresh_token\":\"r\",\"id_token\":\"\(idToken(#"{"nonce":"other"}"#))\"", .callback(.otherNonce)),
      ("\"error\":\"invalid_grant\"", .token(.refused(error: "invalid_grant", description: ""))),
    ] as [(String, SignInError)])
  func `a sign-in that is of no use says why`(fields: String, fault: SignInError) async throws {
    await #expect(throws: fault) { try await signIn(answer(fields)) }
  }

  @Test(arguments: [
    ("https://outlook.office.com/SMTP.Send", "https://outlook.office365.com/smtp.send openid"),
    ("https://outlook.office.com/SMTP.Send", "SMTP.Send"),
    ("https://mail.google.com/", "openid https://mail.google.com/"),
  ])
  func `a scope is known in each of its spellings`(wanted: String, granted: String) async throws {
    let answer = answer("\"refresh_token\":\"r\",\"scope\":\"\(granted)\"")
    #expect(try await signIn(answer, scopes: [wanted, "offline_access"]).granted == granted)
  }

  @Test func `glewlwyd's answer to a wrong code is a refusal`() async throws {
    await #expect(throws: SignInError.token(.refused(error: "invalid_code", description: ""))) {
      try await signIn(.error("invalid_code", 403))
    }
  }

  @Test func `what is saved asks for mail alone`() async throws {
    let scopes = ["mail", "openid", "email", "profile", "offline_access"]
    let signedIn = try await signIn(answer("\"refresh_token\":\"r\",\"refresh_token_expires_in\":60"), scopes: scopes)
    let grant = signedIn.grant(username: "office@acme.example", mechanism: .xoauth2, by: client, scopes: scopes)
    #expect(grant.scope == "mail offline_access")
    #expect(grant.entitlement == .refreshToken(Secret("r"), lapses: noon + 60))
    #expect(grant.clientID == "app 1")
  }
}
