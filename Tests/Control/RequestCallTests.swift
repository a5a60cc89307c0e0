// Requests and decisions: who sees and decides what.

import Access
import Mailboxes
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct RequestCallTests {
  private let relay: ControlFixture
  private let audit = ControlCall.listAudit(ListAudit(entity: nil))

  init() throws { relay = try ControlFixture() }

  @Test func `a person sees their own requests and decides none`() async throws {
    _ = try await relay.answer(.connect(why: "New provider"), from: mara)
    #expect(try await relay.answer(.requests, from: ivo) == [.done("There are no requests.")])
    #expect(try await relay.answer(.requests, from: anna) == [.done("There are no requests.")])
    #expect(try await relay.answer(.requests, from: mara).count == 2)
    #expect(try await relay.answer(.requests, from: root).count == 2)
    #expect(try await relay.answer(.approve(1), from: ivo) == mayNot("ivo"))
    #expect(try await relay.answer(.deny(1, "no"), from: ivo) == mayNot("ivo"))
    #expect(try await relay.answer(audit, from: ivo) == mayNot("ivo"))
    #expect(try await relay.mailboxes.requests().map(\.state) == [.waiting])
  }

  @Test func `a denial says why`() async throws {
    _ = try await relay.answer(.connect(why: "New provider"), from: mara)
    #expect(try await relay.answer(.deny(1, "  "), from: root) == refused(.reasonMissing))
    _ = try await relay.answer(.deny(1, "Use the shared one"), from: root)
    guard case .request(let request) = try await relay.answer(.requests, from: mara).first else {
      Issue.record("the request is not listed")
      return
    }
    #expect(request.reason == "Use the shared one")
  }

  @Test func `the audit list says who did what`() async throws {
    #expect(try await relay.answer(audit, from: root) == [.done("Nothing was done yet.")])
    _ = try await relay.answer(.connect(why: "New provider"), from: mara)
    _ = try await relay.answer(.approve(1), from: root)
    let entries = try await relay.answer(audit, from: root).compactMap { reply -> AuditEntry? in
      if case .entry(let entry) = reply { entry } else { nil }
    }
    #expect(entries.map(\.verb) == [.approve, .request])
    #expect(entries.map(\.requester.key) == ["uid:0", "uid:1001"])
  }
}
