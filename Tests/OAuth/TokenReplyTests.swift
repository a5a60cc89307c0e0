// What each answer of a token endpoint means.

import Foundation
import Mailboxes
import Testing

@testable import HTTP
@testable import OAuth

@Suite struct TokenReplyTests {
  private func read(
    _ status: Int, _ body: String, type: String? = "application/json", retryAfter: String? = nil,
    location: String? = nil, hiding: Secret? = nil, date: String? = nil, dependsOnClock: Bool = false
  ) throws(TokenError) -> TokenAnswer {
    var answer = HTTPResponse(status: status, body: Array(body.utf8))
    let fields = [("Content-Type", type), ("Retry-After", retryAfter), ("Date", date), ("Location", location)]
    for case (let name, let value?) in fields { answer.receive(headLine: Array("\(name): \(value)\r\n".utf8)) }
    let request = TokenRequest(
      to: URL(filePath: "/"), fields: hiding.map { [("secret", .secret($0))] } ?? [], dependsOnClock: dependsOnClock)
    return try TokenReply(answer, to: request, now: noon).read()
  }

  @Test(arguments: [
    (400, "invalid_grant", TokenError.refused(error: "invalid_grant", description: "why AADSTS700082")),
    (401, "invalid_grant", .refused(error: "invalid_grant", description: "why AADSTS700082")),
    (400, "interaction_required", .refused(error: "interaction_required", description: "why AADSTS700082")),
    (403, "access_denied", .refused(error: "access_denied", description: "why AADSTS700082")),
    (403, "invalid_code", .refused(error: "invalid_code", description: "why AADSTS700082")),  // glewlwyd's own
    (200, "invalid_grant", .refused(error: "invalid_grant", description: "why AADSTS700082")),  // in spite of 200
    (401, "invalid_client", .misconfigured(error: "invalid_client", description: "why AADSTS700082")),
    (400, "unauthorized_client", .misconfigured(error: "unauthorized_client", description: "why AADSTS700082")),
    (400, "invalid_scope", .misconfigured(error: "invalid_scope", description: "why AADSTS700082")),
    (400, "unsupported_grant_type", .misconfigured(error: "unsupported_grant_type", description: "why AADSTS700082")),
    (
      400, "temporarily_unavailable",
      .unavailable(status: 400, retryAfter: nil, words: "temporarily_unavailable: why AADSTS700082")
    ),
    (400, "server_error", .unavailable(status: 400, retryAfter: nil, words: "server_error: why AADSTS700082")),
    (502, "invalid_client", .misconfigured(error: "invalid_client", description: "why AADSTS700082")),
    (429, "invalid_request", .unavailable(status: 429, retryAfter: nil, words: "invalid_request: why AADSTS700082")),
    (503, "whatever", .unavailable(status: 503, retryAfter: nil, words: "whatever: why AADSTS700082")),
  ])
  func `an error is known by its value`(status: Int, error: String, meaning: TokenError) {
    #expect(throws: meaning) {
      try read(status, "{\"error\":\"\(error)\",\"error_description\":\"why\",\"error_codes\":[700082]}")
    }
  }

  @Test(
    arguments: [
      (400, "", nil, TokenError.refused(error: "", description: "HTTP 400 without a reason")),  // glewlwyd: dead token
      (403, "", nil, .refused(error: "", description: "HTTP 403 without a reason")),  // glewlwyd: wrong client secret
      (401, "no", "text/plain", .refused(error: "", description: "HTTP 401: no")),
      (400, "{\"error\":7}", "application/json", .refused(error: "", description: "HTTP 400: {\"error\":7}")),
      (
        403, "<html>", "text/html",
        .unavailable(status: 403, retryAfter: nil, words: "HTTP 403, a web page instead of a token")
      ),
      (
        200, " \n<html>", nil,
        .unavailable(status: 200, retryAfter: nil, words: "HTTP 200, a web page instead of a token")
      ),
      (
        200, "{}", "application/json",
        .unavailable(status: 200, retryAfter: nil, words: "an answer without an access token")
      ),
      (200, "", nil, .unavailable(status: 200, retryAfter: nil, words: "an answer without an access token")),
      (404, "", nil, .unavailable(status: 404, retryAfter: nil, words: "HTTP 404 without a reason")),
      (407, "proxy", "text/plain", .unavailable(status: 407, retryAfter: nil, words: "HTTP 407: proxy")),
      (
        502, "bad\r\n\u{0}gateway", "text/plain",
        .unavailable(status: 502, retryAfter: nil, words: "HTTP 502: bad gateway")
      ),
      (
        200, "{\"access_token\":\"a\\u0001b\"}", "application/json",
        .unavailable(status: 200, retryAfter: nil, words: "an access token with characters no token may have")
      ),
    ] as [(Int, String, String?, TokenError)])
  func `an answer without an error is known by its status and its looks`(
    status: Int, body: String, type: String?, meaning: TokenError
  ) {
    #expect(throws: meaning) { try read(status, body, type: type) }
  }

  @Test(arguments: [
    ("3599", 3599), ("\"3599\"", 3599), ("36000.5", 36000.5), ("null", 3600), ("\"soon\"", 3600), ("0", 3600),
    ("-1", 3600), ("1e99", 86_400), ("{}", 3600),
  ])
  func `a lifetime is a number or a string, else an hour`(expiresIn: String, seconds: Double) throws {
    let body = "{\"access_token\":\"t\",\"expires_in\":\(expiresIn)}"
    #expect(try read(200, body).lifetime == .seconds(seconds))
    #expect(try read(200, "{\"access_token\":\"t\"}").lifetime == .seconds(3600))
  }

  @Test(
    arguments: [
      ("120", 120), (" 5 ", 5), ("Sun, 22 Nov 2026 12:02:00 GMT", 120), ("999999999", 86_400), ("soon", nil),
      ("-5", nil), ("Sun, 22 Nov 2020 12:00:00 GMT", nil), ("nan", nil),
    ] as [(String, Int?)])
  func `Retry-After is seconds or a date`(text: String, seconds: Int?) {
    let meaning = TokenError.unavailable(
      status: 503, retryAfter: seconds.map { .seconds($0) }, words: "HTTP 503 without a reason")
    #expect(throws: meaning) { try read(503, "", retryAfter: text) }
  }

  @Test(
    arguments: [
      (
        "Sun, 22 Nov 2026 11:57:59 GMT", true,
        .clockWrong(ahead: .seconds(121), error: "invalid_grant", description: "")
      ),
      (
        "Sun, 22 Nov 2026 13:00:00 GMT", true,
        .clockWrong(ahead: .seconds(-3600), error: "invalid_grant", description: "")
      ),
      ("Sun, 22 Nov 2026 12:02:00 GMT", true, .refused(error: "invalid_grant", description: "")),
      ("Sun, 22 Nov 2026 13:00:00 GMT", false, .refused(error: "invalid_grant", description: "")),  // nothing signed
      ("whenever", true, .refused(error: "invalid_grant", description: "")),
      (nil, true, .refused(error: "invalid_grant", description: "")),
    ] as [(String?, Bool, TokenError)])
  func `a refused assertion is our clock's fault where the server's differs`(
    date: String?, isSigned: Bool, meaning: TokenError
  ) {
    #expect(throws: meaning) { try read(400, "{\"error\":\"invalid_grant\"}", date: date, dependsOnClock: isSigned) }
  }

  @Test(arguments: ["hush", "hush\u{301}", "hush!", "e" + String(repeating: "\u{301}", count: 60_000)])
  func `words hide the secret they repeat and are short, accents or not`(said: String) throws {
    do throws(TokenError) {
      _ = try read(400, "{\"error\":\"invalid_grant\",\"error_description\":\"\(said)\"}", hiding: Secret("hush"))
    } catch {
      guard case .refused(_, let words) = error else { throw error }
      #expect(words.utf8.firstRange(of: Array("hush".utf8)) == nil)
      #expect(words.utf8.count <= 2010)
    }
  }

  @Test func `a redirect is told by its host alone`() {
    let words = "HTTP 302, a redirect to portal.example, which is not followed"
    #expect(throws: TokenError.unavailable(status: 302, retryAfter: nil, words: words)) {
      try read(302, "", location: "https://portal.example/login?session=private")
    }
  }

  @Test func `what the server repeats of our secrets is hidden, and its words are capped`() {
    let body =
      "{\"error\":\"invalid_grant\",\"error_description\":\"a&b a%26b \(String(repeating: "x", count: 9000))\"}"
    do throws(TokenError) {
      _ = try read(400, body, hiding: Secret("a&b"))
      Issue.record("accepted")
    } catch {
      #expect("\(error)".contains("[secret] [secret] xxx"))
      #expect("\(error)".count < 700)
    }
  }

  @Test func `one letter under a mountain of marks is cut like many letters`() {
    let words = UntrustedText.cleaned("a" + String(repeating: "\u{301}", count: 100_000))
    #expect(words.unicodeScalars.count == 120 && words.hasSuffix("…"))
    #expect(UntrustedText.cleaned(String(repeating: "x ", count: 250)).hasSuffix("x"))
    #expect(UntrustedText.cleaned(String(repeating: "x ", count: 1000)).count == 500)
  }
}
