// What a token endpoint's whole answers come to: status, headers and body, as a server would send them.

import Diagnosis
import Foundation
import Mailboxes
import OAuth
import Testing
import TransportSMTP
import TransportSupport

/// One answer, and what it must come to.
struct TokenAnswerRow: Sendable, CustomTestStringConvertible {
  let answer: String
  let kind: Outcome.Kind
  let fault: FaultClass
  /// Part of the sentence or the remedy.
  let says: String

  /// - Parameter headers: as in JSON.
  init(
    _ status: Int, _ body: String, headers: String = "{}", _ kind: Outcome.Kind, _ fault: FaultClass, _ says: String
  ) {
    answer = "{\"status\":\(status),\"headers\":\(headers),\"body\":\(body)}"
    (self.kind, self.fault, self.says) = (kind, fault, says)
  }

  init(_ status: Int, page: String, headers: String = "{}", _ kind: Outcome.Kind, _ fault: FaultClass, _ says: String) {
    self.init(status, "\"\(page)\"", headers: headers, kind, fault, says)
  }

  var testDescription: String { answer }

  static let all = [
    // Microsoft: numbers in the description, in error_codes, in both, and several.
    TokenAnswerRow(
      400, #"{"error":"invalid_grant","error_description":"AADSTS65001: No consent.","error_codes":[65001]}"#, .broken,
      .consent, "an administrator must approve"),
    TokenAnswerRow(
      400, #"{"error":"invalid_grant","error_codes":[70002,500133]}"#, .broken, .network, "clock is wrong"),
    TokenAnswerRow(
      400, #"{"error":"unauthorized_client","error_description":"AADSTS50053: Too many times.","error_codes":[50053]}"#,
      .broken, .auth, "has locked"),
    TokenAnswerRow(
      400, #"{"error":"invalid_grant","error_description":"AADSTS50196: A loop.","error_codes":[50196]}"#, .paused,
      .throttle, "too many tokens"),
    TokenAnswerRow(
      400, #"{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error has occurred."}"#,
      .unreachable, .transient, "temporary trouble"),
    TokenAnswerRow(
      400, #"{"error":"invalid_grant","error_description":"No.","error_codes":[50076],"suberror":"basic_action"}"#,
      .broken,
      .auth, "second factor"),
    // Google.
    TokenAnswerRow(
      400, #"{"error":"invalid_grant","error_description":"Bad Request","error_subtype":"invalid_rapt"}"#, .broken,
      .auth,
      "limits how long"),
    TokenAnswerRow(
      403, #"{"error":{"code":403,"message":"Quota exceeded for requests.","status":"RESOURCE_EXHAUSTED"}}"#, .paused,
      .throttle, "too many"),
    // An answer with WWW-Authenticate, as RFC 6749 §5.2 allows it.
    TokenAnswerRow(
      401, #"{"error":"invalid_client"}"#, headers: #"{"WWW-Authenticate":"Basic realm=\"x\""}"#, .broken, .auth,
      "client secret"),
    // Errors told with 200.
    TokenAnswerRow(200, #"{"error":"invalid_client_secret"}"#, .broken, .auth, "client secret"),
    TokenAnswerRow(
      200, #"{"error":"invalid_request","error_description":"no valid data in session"}"#, .broken, .auth, "Start over"),
    // Other shapes.
    TokenAnswerRow(
      429, #"{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many requests."}"#,
      .paused,
      .throttle, "too many"),
    TokenAnswerRow(
      400, #"{"error":"INVALID_REFRESH_TOKEN","error_description":"Failed to decode refresh token"}"#, .broken, .auth,
      "Sign in as"),
    TokenAnswerRow(
      400, #"{"error":"invalid_grant","error_description":"expired_or_invalid_refresh_token","error_code":"KOE322"}"#,
      .broken, .auth, "Sign in as"),
    TokenAnswerRow(
      403, #"{"error":"invalid_grant","error_description":"Unknown token."}"#, .broken, .auth, "Sign in as"),
    TokenAnswerRow(404, #"{"error":"Realm does not exist"}"#, .broken, .auth, "realm"),
    TokenAnswerRow(400, "{}", .broken, .auth, "does not accept the sign-in"),
    // The status where there is no error, or where it says that the endpoint could not answer.
    TokenAnswerRow(429, "{}", headers: #"{"Retry-After":"1800"}"#, .paused, .throttle, "asked too often"),
    TokenAnswerRow(429, #"{"error":"invalid_client"}"#, .paused, .throttle, "asked too often"),
    TokenAnswerRow(503, #"{"error":"unavailable","message":"expired"}"#, .unreachable, .transient, "outage"),
    TokenAnswerRow(
      500, #"{"error":"invalid_grant","error_description":"Token expired"}"#, .broken, .auth, "Sign in as"),
    TokenAnswerRow(502, page: "<html><h1>502 Bad Gateway</h1></html>", .unreachable, .transient, "outage"),
    TokenAnswerRow(503, page: "<html>The service is unavailable.</html>", .unreachable, .transient, "unavailable"),
    TokenAnswerRow(504, page: "upstream request timeout", .unreachable, .transient, "outage"),
    TokenAnswerRow(407, page: "<html>Proxy</html>", .unreachable, .network, "proxy"),
    TokenAnswerRow(200, page: "<html>Welcome to our guest network</html>", .unreachable, .network, "portal"),
    TokenAnswerRow(403, page: "<html>Blocked by your firewall</html>", .unreachable, .network, "portal"),
    TokenAnswerRow(404, page: "<html>Not found</html>", .broken, .policy, "token URL"),
  ]
}

@Suite struct `A token endpoint's answer` {
  @Test(arguments: TokenAnswerRow.all) func `comes to what it means`(_ row: TokenAnswerRow) throws {
    let error = try #require(TokenError(recorded: row.answer, now: noon))
    let outcome = Outcome(of: .token(TokenFailure(error)), for: .byToken, now: noon)
    #expect(outcome.kind == row.kind, "\(outcome.summary)")
    #expect(outcome.scope == .mailbox)
    #expect("\(outcome.summary) \(outcome.remedy)".contains(row.says), "\(outcome.summary) \(outcome.remedy)")
    #expect(
      TransportError.token(TokenFailure(error)).assessment(for: .byToken).class == row.fault, "\(outcome.summary)")
  }

  @Test func `with Retry-After pauses the mailbox for so long`() throws {
    let answer = #"{"status":429,"headers":{"Retry-After":"1800"},"body":{}}"#
    let error = try #require(TokenError(recorded: answer, now: noon))
    let outcome = Outcome(of: .token(TokenFailure(error)), for: .byToken, now: noon)
    guard case .paused(noon + 1800, _) = outcome.verdict else { throw Unpaused(verdict: outcome.verdict) }
  }

  @Test func `may be written down by its body alone`() throws {
    let answer = #"{"error":"invalid_grant","error_description":"AADSTS53003: Blocked."}"#
    #expect(TokenError(recorded: answer) == .refused(error: "invalid_grant", description: "AADSTS53003: Blocked."))
  }

  @Test(arguments: ["", "550 5.1.1 No such user", "[]", #"{"status":200,"body":{"access_token":"t"}}"#])
  func `is not read into what is none`(_ text: String) {
    #expect(TokenError(recorded: text) == nil)
  }

  private struct Unpaused: Error { let verdict: Verdict }
}
