// Every answer of Microsoft Graph and the Gmail API that is known, said by a server to a whole message: what it comes to, whom
// it is about, what is done, and what people read.

import Diagnosis
import Foundation
import HTTP
import Mailboxes
import SMTP
import Support
import Testing
import Transport
import TransportGmail
import TransportGraph
import TransportSupport

@testable import TransportAPI

/// One line of the table.
struct AnswerRow: Sendable, CustomTestStringConvertible {
  let said: Deed
  let kind: Outcome.Kind
  let fault: FaultClass?
  let scope: Scope
  /// Part of the sentence, and of what to do.
  let says: String
  let advises: String
  let isUnknown: Bool
  /// How often the message is posted; all but the last were refused as nobody's.
  let posts: Int

  init(
    _ said: Deed, _ kind: Outcome.Kind, _ fault: FaultClass?, _ scope: Scope, _ says: String = "",
    do advises: String = "", isUnknown: Bool = false, posts: Int = 1
  ) {
    (self.said, self.kind, self.fault, self.scope) = (said, kind, fault, scope)
    (self.says, self.advises, self.isUnknown, self.posts) = (says, advises, isUnknown, posts)
  }

  var testDescription: String { String("\(said)".prefix(200)).replacing("\r\n", with: " ") }

  static func error(_ status: Int, _ code: String, _ words: String = "x", _ fields: String...) -> Deed {
    let json = #"{"error":{"code":"\#(code)","message":"\#(words)"}}"#
    let head = ["HTTP/1.1 \(status) X", "Content-Length: \(json.utf8.count)", "Connection: close"] + fields
    return .answer(head.joined(separator: "\r\n") + "\r\n\r\n" + json)
  }

  /// Google's errors have their reason in a list.
  static func reason(_ status: Int, _ reason: String, _ words: String = "x") -> Deed {
    let errors = #"[{"domain":"global","reason":"\#(reason)","message":"\#(words)"}]"#
    return .status(status, #"{"error":{"code":\#(status),"message":"\#(words)","errors":\#(errors)}}"#)
  }
}

extension AnswerRow {
  static let graph: [AnswerRow] = [
    AnswerRow(.taken, .delivered, nil, .message),
    AnswerRow(
      .status(200), .unreachable, .network, .mailbox, "is not the mail API of Microsoft 365", do: "a sign-in page",
      isUnknown: true),
    AnswerRow(error(400, "ErrorMimeContentInvalidBase64String"), .failed, .message, .message, "malformed"),
    AnswerRow(
      error(400, "ErrorInvalidRecipients", "Recipient 'x' is not resolved."), .failed, .recipient, .recipient,
      "not valid", do: "Check the addresses"),
    AnswerRow(
      error(401, "InvalidAuthenticationToken", "Access token has expired."), .broken, .auth, .mailbox,
      "does not accept the access token", do: "letterhead reconnect acme", posts: 2),
    AnswerRow(
      error(401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience."), .broken,
      .consent, .mailbox, "for another service", do: "approved one by one", posts: 2),
    AnswerRow(error(403, "ErrorSendAsDenied"), .broken, .sender, .mailbox, "may not send as", do: "Give it Send As"),
    AnswerRow(
      error(403, "ErrorAccessDenied"), .broken, .consent, .mailbox,
      "Mail.Send is not consented for office@firm.example, or the app's scope does not contain this mailbox",
      do: "management scope"),
    AnswerRow(error(404, "ErrorInvalidUser"), .broken, .policy, .mailbox, "no cloud mailbox", do: "licence"),
    AnswerRow(
      error(404, "MailboxNotEnabledForRESTAPI"), .broken, .policy, .mailbox, "no cloud mailbox", do: "on premises"),
    AnswerRow(
      error(404, "MailboxNotHostedInExchangeOnline"), .broken, .policy, .mailbox, "no cloud mailbox", do: "licence"),
    AnswerRow(.status(413), .failed, .message, .message, "too large", do: "Send it smaller"),
    AnswerRow(error(400, "ErrorMessageSizeExceeded"), .failed, .message, .message, "too large", do: "Send it smaller"),
    AnswerRow(
      error(429, "ApplicationThrottled", "Over its MailboxConcurrency limit.", "retry-after: 120"), .paused, .throttle,
      .mailbox, "too fast"),
    AnswerRow(error(503, "serverTooBusy", "x", "RETRY-AFTER: 30"), .paused, .throttle, .mailbox, "too fast"),
    AnswerRow(.status(503), .unreachable, .transient, .mailbox, "takes no mail at the moment"),
    AnswerRow(error(507, "ErrorQuotaExceeded"), .broken, .policy, .mailbox, "itself is full", do: "Sent Items"),
    AnswerRow(error(403, "ErrorExceededMessageLimit"), .paused, .quota, .mailbox, "daily limit"),
    AnswerRow(error(429, "ErrorSubmissionQuotaExceeded"), .paused, .quota, .mailbox, "daily limit"),
  ]

  static let gmail: [AnswerRow] = [
    AnswerRow(.status(200, #"{"id":"18c5","threadId":"1"}"#), .delivered, nil, .message),
    AnswerRow(
      .status(200, "{}"), .unreachable, .network, .mailbox, "is not the mail API of Google", do: "a sign-in page",
      isUnknown: true),
    AnswerRow(reason(400, "invalidArgument", "Invalid To header"), .failed, .recipient, .recipient, "malformed"),
    AnswerRow(
      reason(400, "failedPrecondition", "Mail service not enabled"), .broken, .policy, .mailbox, "has no Gmail",
      do: "licence"),
    AnswerRow(
      reason(401, "authError", "Invalid Credentials"), .broken, .auth, .mailbox, "does not accept the access token",
      do: "letterhead reconnect acme", posts: 2),
    AnswerRow(
      reason(403, "insufficientPermissions"), .broken, .consent, .mailbox, "gmail.send", do: "domain-wide delegation"),
    AnswerRow(
      reason(403, "accessNotConfigured"), .broken, .policy, .mailbox, "switched off in the Google Cloud project",
      do: "Switch it on"),
    AnswerRow(reason(403, "rateLimitExceeded"), .paused, .throttle, .mailbox, "too fast"),
    AnswerRow(reason(403, "userRateLimitExceeded"), .paused, .throttle, .mailbox, "too fast"),
    AnswerRow(
      reason(429, "rateLimitExceeded", "Too many concurrent requests for user"), .paused, .throttle, .mailbox,
      "too fast"),
    AnswerRow(reason(403, "dailyLimitExceeded"), .paused, .quota, .mailbox, "daily limit"),
    AnswerRow(.status(413), .failed, .message, .message, "too large", do: "Send it smaller"),
  ]

  /// Whether it was sent nobody knows.
  static let unanswered: [AnswerRow] = [
    AnswerRow(.status(500), .deferred, .transient, .message, "perhaps was sent", isUnknown: true),
    AnswerRow(.status(502), .deferred, .transient, .message, "perhaps was sent", isUnknown: true),
    AnswerRow(.status(504), .deferred, .transient, .message, "perhaps was sent", isUnknown: true),
    AnswerRow(.cut, .deferred, .transient, .message, "did not confirm the message", isUnknown: true),
    AnswerRow(.silence, .deferred, .transient, .message, "did not confirm the message", isUnknown: true),
  ]
}

@Suite struct `The answer to a whole message` {
  private func expect(_ row: AnswerRow, by api: any MailAPI) async throws {
    let server = try FakeAPI(row.said, row.said)
    let transport = PostTransport.test(
      api, at: server, tokens: RenewedTokens("t-1", "t-2"), answerWithin: .milliseconds(400))
    let transmission = await (try await transport.open()).send(.test(), now: noon)
    let outcome = transmission.outcomes[0]
    #expect(outcome.kind == row.kind && outcome.class == row.fault, "\(outcome)")
    #expect(row.kind == .delivered || outcome.scope == row.scope, "\(outcome)")
    #expect(row.says.isEmpty || outcome.summary.contains(row.says), "\(outcome.summary)")
    #expect(row.advises.isEmpty || outcome.remedy.contains(row.advises), "\(outcome.remedy)")
    #expect(transmission.unknownPlaces == (row.isUnknown ? [0] : []) && server.posted.count == row.posts)
  }

  @Test(arguments: AnswerRow.graph + AnswerRow.unanswered) func `by Graph comes to what it means`(_ row: AnswerRow)
    async throws
  {
    try await expect(row, by: GraphAPI())
  }

  @Test(arguments: AnswerRow.gmail + AnswerRow.unanswered) func `by the Gmail API comes to what it means`(
    _ row: AnswerRow
  ) async throws {
    try await expect(row, by: GmailAPI())
  }

  @Test func `never comes where nobody answers, and the message waits`() async throws {
    var server: FakeAPI? = try FakeAPI()
    let session = try await PostTransport.test(at: try #require(server)).open()
    server = nil
    let transmission = await session.send(.test(), now: noon)
    #expect(transmission.outcomes.map(\.kind) == [.unreachable] && transmission.unknownPlaces.isEmpty)
  }
}
