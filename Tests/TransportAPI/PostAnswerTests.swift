// From an HTTP answer to the facts that Diagnosis reads.

import Diagnosis
import Foundation
import HTTP
import Mailboxes
import SMTP
import Testing
import TransportGmail
import TransportGraph
import TransportSupport

@testable import TransportAPI

@Suite struct `An answer to a POST` {
  private static func response(
    _ status: Int, _ body: String = "", _ fields: [(name: String, value: String)] = []
  ) -> HTTPResponse {
    HTTPResponse(status: status, fields: fields, body: Array(body.utf8))
  }

  @Test func `is Microsoft's code and words`() {
    let body = #"{"error":{"code":"ErrorSendAsDenied","message":"No right.","innerError":{"request-id":"x"}}}"#
    #expect(
      PostAnswer(Self.response(403, body), hiding: [], now: noon).reply
        == Reply(403, nil, "ErrorSendAsDenied: No right."))
  }

  @Test func `is Google's reason and words`() {
    let body = """
      {"error":{"code":403,"message":"Slow down.","status":"PERMISSION_DENIED","errors":[{"domain":"usageLimits",\
      "reason":"userRateLimitExceeded","message":"Slow down."}]}}
      """
    #expect(
      PostAnswer(Self.response(403, body), hiding: [], now: noon).reply
        == Reply(403, nil, "userRateLimitExceeded: Slow down."))
    let plain = #"{"error":{"code":401,"message":"Bad token.","status":"UNAUTHENTICATED"}}"#
    #expect(
      PostAnswer(Self.response(401, plain), hiding: [], now: noon).reply
        == Reply(401, nil, "UNAUTHENTICATED: Bad token."))
  }

  @Test(arguments: ["", "no JSON", "{", "[]", #"{"error":1}"#, #"{"error":{"code":[]}}"#, "{\"error\":\"\u{1}\"}"])
  func `may be anything`(_ body: String) {
    #expect(PostAnswer(Self.response(502, body), hiding: [], now: noon).reply.code == 502)
  }

  @Test func `is one line of bounded length, whatever was said`() throws {
    let words = #"a\r\n\r\nSubject: forged\n"# + String(repeating: "word ", count: 10_000)
    let reply = PostAnswer(
      Self.response(400, #"{"error":{"code":"E\r\nX","message":"\#(words)"}}"#), hiding: [], now: noon
    ).reply
    let line = try #require(reply.lines.first)
    #expect(reply.lines.count == 1 && line.hasPrefix("E X: a Subject: forged word") && line.unicodeScalars.count <= 500)
    #expect(!line.unicodeScalars.contains { $0.value < 0x20 })
    #expect(PostResult(acceptedAs: "1\r\n2", by: 200, isReduced: false).outcome.reply?.lines == ["accepted, id=1 2"])
  }

  @Test func `has no part of a secret where it is cut`() {
    for text in ["CANARY-secret-token", "Q0FOQVJZLXNlY3JldC10b2tlbg==", "CANARY-secret-token\u{301}"] {
      let page = Self.response(502, String(repeating: "word ", count: 98) + text)
      let line = PostAnswer(page, hiding: ["CANARY-secret-token"], now: noon).reply.lines[0]
      #expect(line.hasSuffix("word [secret]") || line.hasSuffix("word [secret]\u{301}"))
    }
  }

  @Test func `shows no web page`() {
    let page = Self.response(502, "<html>", [("content-type", "text/html; charset=utf-8")])
    #expect(PostAnswer(page, hiding: [], now: noon).reply == Reply(502, nil, "a web page"))
  }

  @Test(arguments: [
    ("retry-after", "120", "Retry-After: 120"), ("RETRY-AFTER", "120", "Retry-After: 120"),
    ("Retry-After", "0.5", "Retry-After: 1"), ("Retry-After", "Sun, 22 Nov 2026 08:02:00 GMT", "Retry-After: 120"),
    ("Retry-After", "999999", "Retry-After: 86400"),
  ])
  func `says for how long it wants to be left alone`(_ name: String, _ value: String, _ line: String) {
    #expect(PostAnswer(Self.response(429, "", [(name, value)]), hiding: [], now: noon).reply.lines.last == line)
  }

  @Test(arguments: ["", "soon", "-5", "nan", "inf", "0"]) func `names no time that is none`(_ value: String) {
    #expect(PostAnswer(Self.response(429, "x", [("Retry-After", value)]), hiding: [], now: noon).reply.lines == ["x"])
  }

  // MARK: What takes a message

  @Test(arguments: [(202, "r-1"), (200, nil), (201, nil), (204, nil), (302, nil), (500, nil)] as [(Int, String?)])
  func `at Graph only 202 takes it`(_ status: Int, _ name: String?) {
    #expect(GraphAPI().acceptance(of: Self.response(status, "", [("Request-Id", "r-1")])) == name)
  }

  @Test(
    arguments: [
      (200, #"{"id":"18c5","threadId":"18c5"}"#, "18c5"), (200, "{}", nil), (200, "", nil), (202, #"{"id":"1"}"#, nil),
    ] as [(Int, String, String?)])
  func `at Gmail only 200 with an id takes it`(_ status: Int, _ body: String, _ name: String?) {
    #expect(GmailAPI().acceptance(of: Self.response(status, body)) == name)
  }
}
