// The Sent folder as Graph lists it, and whoever may not look into it.

import Diagnosis
import Foundation
import HTTP
import Mailboxes
import Support
import Testing
import Transport
import TransportGmail
import TransportGraph
import TransportSupport

@testable import TransportAPI

@Suite struct `The Sent folder by a mail API` {
  private func newest(
    at server: FakeAPI, _ api: any MailAPI = GraphAPI(), tokens: String..., as signIn: SignIn = Mailbox.byToken.signIn,
    count: Int = 200
  ) async -> Result<[SentHeader], SentFolderError> {
    let supply = RenewedTokens(tokens.first ?? "t-1", tokens.last ?? "t-2")
    do throws(SentFolderError) {
      let folder = try await PostTransport.test(api, at: server, tokens: supply, as: signIn).openSentFolder()
      return .success(try await folder?.newest(count, since: noon - 120) ?? [])
    } catch {
      return .failure(error)
    }
  }

  @Test func `has the newest messages, by the Message-ID that they have and the one that they had`() async throws {
    let page = """
      {"value":[{"internetMessageId":"<new@prod.outlook.com>","createdDateTime":"2026-11-22T08:00:01Z",\
      "internetMessageHeaders":[{"name":"Received","value":"x"},\
      {"name":"X-Microsoft-Original-Message-ID","value":"<1@erp.acme.example>"}]},\
      {"internetMessageId":"<2@erp.acme.example>","createdDateTime":"2026-11-22T07:58:00Z"},\
      {"internetMessageId":"<old@erp.acme.example>","createdDateTime":"2026-11-22T07:57:59Z"},\
      {"internetMessageId":null,"createdDateTime":"2026-11-22T08:00:00Z"},{"createdDateTime":"yesterday"},{}]}
      """
    let server = try FakeAPI(.status(200, page))
    #expect(
      await newest(at: server)
        == .success([
          SentHeader(messageIDs: ["new@prod.outlook.com", "1@erp.acme.example"], filedAt: noon + 1),
          SentHeader(messageIDs: ["2@erp.acme.example"], filedAt: noon - 120),
          SentHeader(messageIDs: [], filedAt: noon),
        ]))
    let asked = try #require(server.posted.first)
    #expect(
      asked.line
        == "GET /v1.0/me/mailFolders/sentitems/messages?$filter=lastModifiedDateTime%20ge%202026-11-22T07:58:00Z"
        + "&$orderby=lastModifiedDateTime%20desc&$top=200&$select=internetMessageId,createdDateTime,"
        + "internetMessageHeaders HTTP/1.1")
    #expect(asked.value(of: "Authorization") == "Bearer t-1")
  }

  @Test func `of an app names the mailbox, and brings no more than was asked for`() async throws {
    let item = #"{"internetMessageId":"<1@x>","createdDateTime":"2026-11-22T08:00:00Z"}"#
    let page = #"{"value":["# + Array(repeating: item, count: 5).joined(separator: ",") + "]}"
    let server = try FakeAPI(.status(200, page))
    let found = await newest(at: server, as: Mailbox.byApp.signIn, count: 3)
    #expect(try found.get().count == 3)
    #expect(server.posted.first?.line.hasPrefix("GET /v1.0/users/office@firm.example/mailFolders/sentitems/") == true)
  }

  @Test func `is asked again with a fresh token after a 401, and only once`() async throws {
    let server = try FakeAPI(.status(401), .status(200, #"{"value":[]}"#))
    #expect(await newest(at: server, tokens: "t-1", "t-2") == .success([]))
    #expect(server.posted.map { $0.value(of: "Authorization") } == ["Bearer t-1", "Bearer t-2"])
    let refusing = try FakeAPI(.status(401), .status(401))
    guard case .failure(.notPermitted) = await newest(at: refusing) else {
      Issue.record("permitted")
      return
    }
    #expect(refusing.posted.count == 2)
  }

  // MARK: Not looked into

  @Test(
    arguments: [
      (403, .notPermitted(words: "Mail.ReadBasic is not granted: 403 E: x")), (404, .notPermitted(words: "404 E: x")),
      (429, .unreachable(words: "429 E: x")), (503, .unreachable(words: "503 E: x")),
      (400, .refused(words: "400 E: x")),
    ] as [(Int, SentFolderError)])
  func `says why it could not be read`(_ status: Int, _ error: SentFolderError) async throws {
    let server = try FakeAPI(.status(status, #"{"error":{"code":"E","message":"x"}}"#))
    #expect(await newest(at: server) == .failure(error))
  }

  @Test(arguments: ["", "no JSON", "[]", #"{"value":1}"#, #"{"value":[1]}"#])
  func `is no list that is none`(_ body: String) async throws {
    guard case .failure(.refused) = await newest(at: try FakeAPI(.status(200, body))) else {
      Issue.record("taken for a list")
      return
    }
  }

  @Test(arguments: [
    (["Mail.Send"], false), (["Mail.Send", "Mail.ReadBasic"], true), (["Mail.Read"], true),
    (["Mail.Read.Shared"], true), (["Mail.ReadWrite"], true), (["Mail.ReadBasicAndMore"], false), ([], true),
  ])
  func `is asked for where the person's token says that it may be, or does not tell`(
    _ scopes: [String], _ mayRead: Bool
  ) async throws {
    let server = try FakeAPI(.status(200, #"{"value":[]}"#))
    let found = await newest(at: server, tokens: AccessTokenSample.token(scopes: scopes))
    if mayRead {
      #expect(found == .success([]))
    } else {
      let words = "Mail.ReadBasic is not granted, only \(scopes.joined(separator: ", "))"
      #expect(found == .failure(.notPermitted(words: words)))
    }
    #expect(server.posted.count == (mayRead ? 1 : 0))
  }

  @Test func `of an app is asked for whatever its token says, since Exchange may let it in`() async throws {
    let server = try FakeAPI(.status(200, #"{"value":[]}"#))
    let token = AccessTokenSample.token(roles: ["Mail.Send"])
    #expect(await newest(at: server, tokens: token, as: Mailbox.byApp.signIn) == .success([]))
  }

  @Test func `is not asked for with a token for another service`() async throws {
    let server = try FakeAPI()
    let token = AccessTokenSample.token(audience: "https://outlook.office365.com", scopes: ["Mail.Read"])
    guard case .failure(.notPermitted) = await newest(at: server, tokens: token) else {
      Issue.record("asked with it")
      return
    }
    #expect(server.posted.isEmpty)
  }

  @Test func `cannot be read by Google's permission to send`() async throws {
    #expect(
      await newest(at: try FakeAPI(), GmailAPI())
        == .failure(.notPermitted(words: "the Gmail API reads nothing by the permission to send")))
  }
}

/// A token that says of itself for whom it is and what it permits.
enum AccessTokenSample {
  static func token(
    audience: String = "https://graph.microsoft.com", scopes: [String] = [], roles: [String] = []
  ) -> String {
    var claims: [String: Any] = ["aud": audience]
    if !scopes.isEmpty { claims["scp"] = scopes.joined(separator: " ") }
    if !roles.isEmpty { claims["roles"] = roles }
    let octets = (try? JSONSerialization.data(withJSONObject: claims)) ?? Data()
    let payload = octets.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
    return "e30.\(payload).c2ln"
  }
}
