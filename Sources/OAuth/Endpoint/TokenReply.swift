// What a token endpoint's answer means: one table from status, error and shape of the body to a token or a TokenError.
// RFC 6749 §5. Here `error` and the status only tell whether the endpoint could answer; what its words mean is looked up
// where they are shown.

import FoundationEssentials
import HTTP
import Mailboxes

struct TokenReply {
  private let answer: HTTPResponse
  private let request: TokenRequest
  private let now: Date
  private let json: TokenJSON?

  /// - Parameter request: its secrets are hidden where the answer repeats them.
  init(_ answer: HTTPResponse, to request: TokenRequest, now: Date) {
    self.answer = answer
    self.request = request
    self.now = now
    json = try? JSONDecoder().decode(TokenJSON.self, from: Data(answer.body))
  }

  /// As the server wrote it, for those who act on errors of their own (RFC 8628 §3.5).
  var error: String? { json?.fault.error }

  func read() throws(TokenError) -> TokenAnswer {
    try checkSuccess()
    return try token()
  }

  func decoded<Value: Decodable>(_ type: Value.Type) -> Value? {
    try? JSONDecoder().decode(type, from: Data(answer.body))
  }

  /// - Throws: what the answer means, unless it is a success.
  func checkSuccess() throws(TokenError) {
    // The error counts whatever the status is: some servers answer 200 with an error.
    if let error { throw meaning(of: error) }
    switch answer.status {
    case 200..<300: return
    // Glewlwyd answers a dead refresh token with 400 and a wrong client secret with 403, and without an error. A web page
    // comes from a proxy or a portal in between, and says nothing about the grant.
    case _ where refusals.contains(answer.status) && !isWebPage: throw refusal("", words)
    // Any other answer did not come from a token endpoint in good order. It was in order when the mailbox was connected,
    // so it will be again.
    default: throw unavailable(words)
    }
  }

  private func token() throws(TokenError) -> TokenAnswer {
    guard let json, let token = json.accessToken, !token.isEmpty else {
      throw unavailable(isWebPage ? words : "an answer without an access token")
    }
    // SASL separates its fields with 0x01: a token with such characters could forge a field.
    guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw unavailable("an access token with characters no token may have")
    }
    return TokenAnswer(
      accessToken: Secret(token), lifetime: json.lifetime,
      refreshToken: json.refreshToken.flatMap { $0.isEmpty ? nil : Secret($0) },
      refreshTokenLapses: json.refreshTokenLifetime.map { now + $0 }, scope: json.scope,
      idToken: json.idToken.map { Secret($0) })
  }

  private func meaning(of error: String) -> TokenError {
    let description = clean(json?.fault.description ?? "")
    let isKnown = error == "invalid_grant" || misconfigurations.contains(error)
    if passing.contains(error) || answer.status == 429 || answer.status >= 500 && !isKnown {
      return unavailable([clean(error), description].joined(separator: ": "))
    }
    guard misconfigurations.contains(error) else { return refusal(error, description) }
    return clockTrouble(error, description) ?? .misconfigured(error: clean(error), description: description)
  }

  private func unavailable(_ words: String) -> TokenError {
    .unavailable(status: answer.status, retryAfter: retryAfter, words: words)
  }

  private func refusal(_ error: String, _ description: String) -> TokenError {
    clockTrouble(error, description) ?? .refused(error: clean(error), description: description)
  }

  private func clockTrouble(_ error: String, _ description: String) -> TokenError? {
    guard request.dependsOnClock, let ahead = clockAhead else { return nil }
    return .clockWrong(ahead: ahead, error: clean(error), description: description)
  }

  /// By how much our clock is ahead of the server's, where that is more than transport and caution explain.
  private var clockAhead: Duration? {
    guard let theirs = answer["Date"].flatMap(HTTPDate.parse) else { return nil }
    let seconds = now.timeIntervalSince(theirs).rounded()
    return abs(seconds) > 120 ? .seconds(seconds) : nil
  }

  private var isWebPage: Bool {
    if let type = answer["Content-Type"]?.lowercased(), type.hasPrefix("text/html") { return !answer.body.isEmpty }
    let firstOctet = answer.body.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D && $0 != 0x0A }
    return firstOctet == UInt8(ascii: "<")
  }

  /// For an answer that gave no `error`.
  private var words: String {
    let status = "HTTP \(answer.status)"
    if (300..<400).contains(answer.status), let location = answer["Location"] {
      return "\(status), a redirect to \(host(of: location)), which is not followed"
    }
    if isWebPage { return "\(status), a web page instead of a token" }
    let body = clean(String(decoding: answer.body.prefix(4096), as: UTF8.self))
    return body.isEmpty ? "\(status) without a reason" : "\(status): \(body)"
  }

  /// The rest of the address may hold what only its owner should see.
  private func host(of location: String) -> String {
    clean(URL(string: location)?.host() ?? "another page")
  }

  private func clean(_ text: String) -> String { UntrustedText.cleaned(text, hiding: request.secrets) }

  /// Seconds or a date (RFC 9110 §10.2.3), at most a day: no server takes us out of service for longer.
  private var retryAfter: Duration? {
    guard let value = answer["Retry-After"] else { return nil }
    let seconds = Double(value) ?? HTTPDate.parse(value)?.timeIntervalSince(now)
    guard let seconds, seconds.isFinite, seconds > 0 else { return nil }
    return .seconds(min(seconds, 86_400))
  }
}

/// Errors that pass by themselves, whatever the status.
private let passing: Set = [
  "temporarily_unavailable", "server_error", "slow_down", "rate_limit_exceeded", "too_many_requests",
  "internal_failure",
]

/// Errors that are about the client, the scope or the request, whoever signed in.
private let misconfigurations: Set = [
  "invalid_client", "unauthorized_client", "invalid_scope", "invalid_request", "unsupported_grant_type",
  "invalid_resource", "invalid_target", "deleted_client", "disabled_client",
]

/// What a server that gives no `error` says of a grant or client it does not accept.
private let refusals: Set = [400, 401, 403]
