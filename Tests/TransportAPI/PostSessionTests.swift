// Messages over a provider's own interface, and what came of them.

import Diagnosis
import Foundation
import HTTP
import Mailboxes
import Message
import OAuth
import SMTP
import Testing
import Transport
import TransportGmail
import TransportGraph
import TransportSupport

@testable import TransportAPI

@Suite struct `A message that is posted` {
  private func sent(
    _ message: PreparedMessage = .test(), by api: any MailAPI = GraphAPI(), at server: FakeAPI,
    tokens: any TokenSupply = RenewedTokens("t-1")
  ) async throws -> Transmission {
    let session = try await PostTransport.test(api, at: server, tokens: tokens).open()
    return await session.send(message, now: noon)
  }

  // MARK: Taken

  @Test func `goes to Graph in base64, and is taken by a 202`() async throws {
    let server = try FakeAPI(.taken)
    let transmission = try await sent(at: server)
    #expect(transmission.outcomes.map(\.kind) == [.delivered])
    let posted = try #require(server.posted.first)
    let name = try #require(posted.value(of: "client-request-id"))
    #expect(UUID(uuidString: name) != nil)
    #expect(transmission.outcomes[0].words == "202 accepted, id=r-1 (client-request-id \(name))")
    #expect(posted.line == "POST /v1.0/me/sendMail HTTP/1.1")
    #expect(posted.fields.contains("Authorization: Bearer t-1") && posted.fields.contains("Content-Type: text/plain"))
    #expect(posted.text == "From: office@firm.example\r\nTo: ada@x.example\r\nSubject: x\r\n\r\nhello\r\n")
  }

  @Test func `goes to Gmail as it is, and is taken by a 200 with an id`() async throws {
    let server = try FakeAPI(.status(200, #"{"id":"18c5"}"#))
    let transmission = try await sent(by: GmailAPI(), at: server)
    #expect(transmission.outcomes[0].words == "200 accepted, id=18c5")
    let posted = try #require(server.posted.first)
    #expect(posted.value(of: "client-request-id") == nil)
    #expect(posted.line == "POST /upload/gmail/v1/users/me/messages/send?uploadType=media HTTP/1.1")
    #expect(posted.fields.contains("Content-Type: message/rfc822"))
    #expect(String(decoding: posted.body, as: UTF8.self).hasSuffix("Subject: x\r\n\r\nhello\r\n"))
  }

  @Test func `names nobody who is not in the envelope`() async throws {
    let server = try FakeAPI(.taken)
    let message = PreparedMessage.test(
      "From: \"p@x.example\" <office@firm.example>\r\nTo: customer@x.example\r\n\r\n", to: "dev@firm.example")
    #expect(try await sent(message, at: server).outcomes[0].words.contains("; addresses shown were reduced"))
    let header = try #require(server.posted.first?.text)
    #expect(header.contains("\r\nTo: dev@firm.example\r\n") && header.contains("X-Original-To: customer@x.example"))
    #expect(header.hasPrefix("From: office@firm.example\r\n"))
  }

  @Test func `that is signed comes out byte for byte, however large, and never stands in memory whole`() async throws {
    let server = try FakeAPI(.taken)
    let signed = Array(
      ("--b\r\nContent-Type: text/plain\r\n\r\nSigned \t \r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\n"
        + String(repeating: "MIIGx\r\n", count: 100_000) + "--b--\r\n").utf8)
    var message = PreparedMessage.test("Content-Type: multipart/signed; boundary=b\r\nTo: ada@x.example\r\n\r\n")
    message.body = .stored(PiecewiseBody(signed, octetsAtOnce: 4099), skipping: 0, encoder: nil)
    #expect(try await sent(message, at: server).outcomes.map(\.kind) == [.delivered])
    let posted = try #require(server.posted.first)
    #expect(Array(posted.message.suffix(signed.count)) == signed)
  }

  @Test func `with an unreadable body waits, and the provider has not got it`() async throws {
    let server = try FakeAPI(.taken)
    var body = PiecewiseBody(Array(repeating: 65, count: 100_000), octetsAtOnce: 10_000)
    body.failsAfter = 3
    var message = PreparedMessage.test()
    message.body = .stored(body, skipping: 0, encoder: nil)
    let transmission = try await sent(message, at: server)
    #expect(transmission.outcomes.map(\.kind) == [.deferred] && !transmission.isPerhapsSent)
    guard case .bodyUnreadable = transmission.ending else {
      Issue.record("\(String(describing: transmission.ending))")
      return
    }
  }

  @Test func `of an app or for a shared mailbox names the mailbox`() {
    var mailbox = Mailbox.byApp
    #expect(GraphAPI().path(for: mailbox) == "/v1.0/users/office@firm.example/sendMail")
    mailbox = .byToken
    mailbox.address = Address(localPart: "o'hara/x", domain: "firm.example")
    #expect(GraphAPI().path(for: mailbox) == "/v1.0/users/o%27hara%2Fx@firm.example/sendMail")
  }

  // MARK: Not known

  @Test(arguments: [500, 502, 504]) func `is perhaps sent after a server's own fault, and is not sent again`(
    _ status: Int
  ) async throws {
    let server = try FakeAPI(.status(status, #"{"error":{"code":"UnknownError","message":""}}"#))
    let transmission = try await sent(at: server)
    #expect(transmission.isPerhapsSent && transmission.wasAnswered)
    #expect(transmission.outcomes.map(\.kind) == [.deferred] && transmission.outcomes[0].scope == .message)
    #expect(transmission.unknownPlaces == [0] && server.posted.count == 1)
    let written = try #require(transmission.writtenAt)
    #expect((noon..<noon + 20).contains(written))
  }

  @Test func `is unknown for those alone of whom nobody has said anything`() async throws {
    let refusal = #"{"error":{"code":"ErrorInvalidRecipients","message":"Recipient 'bad@x.example' is not resolved."}}"#
    let server = try FakeAPI(.status(400, refusal), .status(504))
    let transmission = try await sent(.test(to: "ada@x.example", "bad@x.example", "bob@x.example"), at: server)
    #expect(transmission.outcomes.map(\.kind) == [.deferred, .failed, .deferred])
    #expect(transmission.unknownPlaces == [0, 2])
  }

  @Test func `is perhaps sent where the line ends behind it`() async throws {
    let server = try FakeAPI(.cut)
    let session = try await PostTransport.test(at: server).open()
    let transmission = await session.send(.test(), now: noon)
    #expect(transmission.isPerhapsSent && transmission.ending == .lost(.post, timedOut: false, bodySent: true))
    #expect(transmission.unknownPlaces == [0] && transmission.writtenAt != nil)
    let name = try #require(server.posted.first?.value(of: "client-request-id"))
    #expect(transmission.outcomes[0].words.hasSuffix("(client-request-id \(name))"))
    #expect(!session.isUsable && server.posted.count == 1)
  }

  /// At Gmail a 200 without a name may have taken it.
  @Test(
    arguments: [
      (GraphAPI(), .status(200, "<html>", "Content-Type: text/html")),
      (GraphAPI(), .status(200, "", "request-id: r-1")),
      (GraphAPI(), .status(204)), (GraphAPI(), .status(302)), (GraphAPI(), .status(307)), (GraphAPI(), .status(999)),
      (GmailAPI(), .status(200, "{}")), (GmailAPI(), .status(200, "<html>", "Content-Type: text/html")),
      (GmailAPI(), .status(202)), (GmailAPI(), .status(302)),
    ] as [(any MailAPI, Deed)])
  func `is perhaps sent after what is no answer to a message, and something else than the API is said to answer`(
    _ api: any MailAPI, _ deed: Deed
  ) async throws {
    let server = try FakeAPI(deed, deed)
    let session = try await PostTransport.test(api, at: server).open()
    let transmission = await session.send(.test(), now: noon)
    #expect(transmission.isPerhapsSent && transmission.unknownPlaces == [0] && server.posted.count == 1)
    #expect(transmission.outcomes.map(\.kind) == [.unreachable])
    #expect(transmission.outcomes[0].summary.contains("is not the mail API"))
    #expect(session.capabilities.maximumOctets == api.sizes.limit)
    let refusal = await #expect(throws: TransportError.self) { try await session.probe(to: nil, now: noon) { _ in } }
    #expect(refusal?.assessment(for: .byToken).summary.contains("is not the mail API") == true)
  }

  @Test(
    arguments: [
      (GmailAPI(), .status(202)), (GmailAPI(), .status(200, "{}")), (GraphAPI(), .status(302)),
    ] as [(any MailAPI, Deed)])
  func `of a test says what was answered to it`(_ api: any MailAPI, _ deed: Deed) async throws {
    let server = try FakeAPI(.status(400), deed)
    var steps: [StepReport] = []
    let test = ConnectionTest(of: PostTransport.test(api, at: server), hostname: "relay.example")
    let finding = await test.run(sendingTo: Address("bob@x.example"), now: noon) { steps.append($0) }
    #expect(finding == nil && steps.last?.step == .message)
    guard case .failed(let fault) = steps.last?.result else {
      Issue.record("\(steps)")
      return
    }
    #expect(fault.summary.contains("is not the mail API") && !fault.remedy.isEmpty)
  }

  @Test func `is not sent where something else answers before it has been written`() async throws {
    let server = try FakeAPI(.hasty("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"))
    let message = PreparedMessage.test("To: ada@x.example\r\n\r\n", String(repeating: "x", count: 3_000_000))
    let transmission = try await sent(message, at: server)
    #expect(!transmission.isPerhapsSent && transmission.unknownPlaces.isEmpty)
    #expect(transmission.outcomes.map(\.kind) == [.unreachable])
  }

  @Test func `is not sent where the line ends within it`() async throws {
    let server = try FakeAPI(.cutAfter(100_000))
    let message = PreparedMessage.test("To: ada@x.example\r\n\r\n", String(repeating: "x", count: 2_000_000))
    let transmission = try await sent(message, at: server)
    #expect(!transmission.isPerhapsSent)
    #expect(transmission.outcomes.map(\.kind) == [.unreachable])
  }

  // MARK: Refused

  @Test func `is posted again with a fresh token after a 401, and only once`() async throws {
    let server = try FakeAPI(.status(401), .taken)
    let tokens = RenewedTokens("t-1", "t-2")
    #expect(try await sent(at: server, tokens: tokens).outcomes.map(\.kind) == [.delivered])
    #expect(server.posted.map { $0.fields.contains("Bearer t-2") } == [false, true])

    let refusing = try FakeAPI(.status(401), .status(401), .taken)
    #expect(try await sent(at: refusing, tokens: RenewedTokens("t-1", "t-2")).outcomes.map(\.kind) == [.broken])
    #expect(refusing.posted.count == 2)
  }

  @Test func `pauses the mailbox for as long as the server says, in whatever case`() async throws {
    let server = try FakeAPI(.status(429, #"{"error":{"code":"ApplicationThrottled"}}"#, "retry-after: 120"))
    guard case .paused(let until, let fault) = try await sent(at: server).outcomes[0].verdict else {
      Issue.record("not paused")
      return
    }
    #expect(until == noon + 120 && fault.class == .throttle)
  }

  @Test func `names the request as the provider and as we call it, the second time as the first`() async throws {
    let denied = Deed.status(403, #"{"error":{"code":"ErrorAccessDenied","message":"x"}}"#, "Request-Id: r-2")
    let server = try FakeAPI(.status(401), denied)
    let outcome = try await sent(at: server, tokens: RenewedTokens("t-1", "t-2")).outcomes[0]
    let name = try #require(server.posted.first?.value(of: "client-request-id"))
    #expect(outcome.words == "403 ErrorAccessDenied: x (request-id r-2, client-request-id \(name))")
    #expect(server.posted.map { $0.value(of: "client-request-id") } == [name, name])
  }

  @Test func `leaves out the recipients that are refused by name`() async throws {
    let refusal = #"{"error":{"code":"ErrorInvalidRecipients","message":"Recipient 'BAD@x.example' is not resolved."}}"#
    let server = try FakeAPI(.status(400, refusal), .taken)
    let message = PreparedMessage.test(to: "ada@x.example", "bad@x.example", "bob@x.example")
    let transmission = try await sent(message, at: server)
    #expect(transmission.outcomes.map(\.kind) == [.delivered, .failed, .delivered])
    #expect(server.posted.last?.text.contains("bad@x.example") == false)
  }

  @Test func `shows no token that the server repeats`() async throws {
    let server = try FakeAPI(.status(400, #"{"error":{"code":"X","message":"bad Bearer t-secret-token-1 here"}}"#))
    let outcome = try await sent(at: server, tokens: RenewedTokens("t-secret-token-1")).outcomes[0]
    #expect(outcome.words.hasPrefix("400 X: bad Bearer [secret] here ("))
    let taken = try FakeAPI(.status(202, "", "request-id: t-secret-token-1"))
    #expect(
      try await sent(at: taken, tokens: RenewedTokens("t-secret-token-1")).outcomes[0].words
        .hasPrefix("202 accepted, id=[secret]"))
  }

  // MARK: Sizes

  @Test func `of 2.3 MB that is answered with 200 fails, and the next is not even sent`() async throws {
    let server = try FakeAPI(.taken, .status(200, "", "request-id: r-1"))
    let transport = PostTransport.test(at: server)
    let session = try await transport.open()
    func send(_ octets: Int) async -> Outcome? {
      await session.send(
        .test("To: ada@x.example\r\n\r\n", String(repeating: "x", count: octets)), now: noon
      ).outcomes.first
    }
    #expect(await send(2_100_000)?.kind == .delivered)
    let refused = await send(2_300_000)
    #expect(refused?.kind == .failed && refused?.summary.contains("too large") == true)
    #expect(session.capabilities.maximumOctets == 2_200_000)
    let next = await send(2_300_000)
    #expect(next?.kind == .failed && next?.summary.contains("accepts 2200000") == true)
    #expect(server.posted.count == 2 && session.isUsable)
    transport.forgetRefusals()
    #expect(await send(2_300_000)?.kind == .delivered)
  }

  // MARK: The way there

  @Test(arguments: [
    (
      "https://graph.microsoft.com", [String](),
      "an access token for https://graph.microsoft.com (no permissions in it)"
    ),
    (
      "00000003-0000-0000-c000-000000000000", ["Mail.Send"],
      "an access token for 00000003-0000-0000-c000-000000000000 (Mail.Send)"
    ),
  ])
  func `is told for whom the token is and what it permits`(
    _ audience: String, _ roles: [String], _ found: String
  ) async throws {
    var steps: [StepReport] = []
    let server = try FakeAPI()
    let token = AccessTokenSample.token(audience: audience, roles: roles)
    let transport = PostTransport.test(at: server, tokens: RenewedTokens(token))
    _ = try await transport.open { steps.append($0) }
    #expect(steps.map(\.step.title) == ["Name", "TCP", "Sign-in"])
    #expect(steps.last?.result == .passed(found) && server.posted.isEmpty)
  }

  @Test(arguments: [
    "https://outlook.office365.com", "00000002-0000-0ff1-ce00-000000000000", "https://outlook.office.com/",
  ])
  func `is not posted with a token for SMTP`(_ audience: String) async throws {
    let server = try FakeAPI()
    let transport = PostTransport.test(at: server, tokens: RenewedTokens(AccessTokenSample.token(audience: audience)))
    let error = await #expect(throws: TransportError.self) { _ = try await transport.open() }
    #expect(error == .wrongAudience(audience) && server.posted.isEmpty)
  }

  @Test func `is preceded by a probe that sends nothing`() async throws {
    let server = try FakeAPI(
      .status(400, #"{"error":{"code":"ErrorMimeContentInvalidBase64String"}}"#),
      .status(403, #"{"error":{"code":"ErrorAccessDenied"}}"#))
    let session = try await PostTransport.test(at: server).open()
    try await session.probe(to: nil, now: noon) { _ in }
    let error = await #expect(throws: TransportError.self) { try await session.probe(to: nil, now: noon) { _ in } }
    #expect(error?.upstreamWords == "403 ErrorAccessDenied")
    #expect(server.posted.allSatisfy { String(decoding: $0.body, as: UTF8.self) == "?" })
  }
}
