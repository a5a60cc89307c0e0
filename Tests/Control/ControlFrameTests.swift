// Calls and replies as they travel.

import Access
import Foundation
import Mailboxes
import SMTP
import Testing

@testable import Control

@Suite struct ControlFrameTests {
  private func refusal(of text: String) -> ControlRefusal? {
    do throws(ControlRefusal) {
      _ = try ControlFrame(line: Data(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      ("{\"version\":1,\"verb\":{\"requests\":{}}}", .otherVersion(1)),
      ("{\"version\":3,\"call\":{\"something\":{\"new\":1}}}", .otherVersion(3)),
      ("{\"version\":2,\"call\":{\"reboot\":{}}}", .notACall),
      ("{\"version\":2}", .notACall),
      ("{\"call\":{\"listRequests\":{\"_0\":{}}}}", .notACall),
      ("{}", .notACall), ("", .notACall), ("[]", .notACall),
    ] as [(String, ControlRefusal)])
  func `what is no call of this version is told so`(text: String, refusal: ControlRefusal) {
    #expect(self.refusal(of: text) == refusal)
  }

  @Test func `another version hears both versions, in a line it can read`() throws {
    let reply = ControlReply.refused("\(ControlRefusal.otherVersion(1))")
    let line = String(decoding: try reply.line, as: UTF8.self)
    #expect(line.contains("version 1 of the admin protocol, the relay version 2"))
    #expect(line.hasPrefix("{\"refused\":{\"_0\":"))
  }

  @Test func `a mailbox comes through whole, and prints no secret`() throws {
    let frame = ControlFrame(.connect(why: "why"))
    guard case .connectMailbox(let call) = try ControlFrame(line: Data(frame.line)).call else {
      Issue.record("another call came out")
      return
    }
    #expect(call.justification == "why" && call.sendingTest == nil)
    #expect(call.mailbox.mailbox.signIn == described.signIn)
    #expect(call.mailbox.mailbox.server == described.server)
    #expect(call.mailbox.mailbox.address == described.address)
    #expect(!"\(frame) \(String(reflecting: frame))".contains("swordfish"))
  }

  @Test func `all parts of a change come through, and what a part's name means must be known`() throws {
    let change = ConnectionChange(connecting: described)
    let line = Data(try ControlFrame(.ask(change)).line)
    guard case .askPermission(let call) = try ControlFrame(line: line).call else {
      Issue.record("another call came out")
      return
    }
    #expect(call.wanted == change && call.wanted.terms[.port] == "465")
    let unknown = String(decoding: line, as: UTF8.self).replacing("\"port\"", with: "\"colour\"")
    #expect(refusal(of: unknown) == .notACall)
  }

  @Test func `a reconnect comes through with how it was typed, and shows no secret`() throws {
    var mailbox = described
    mailbox.given = GivenOptions(configuration: "/srv/relay.toml", signIn: ["--paste"], isReconnect: true)
    let frame = ControlFrame(.reconnectMailbox(ReconnectMailbox(mailbox, justification: nil)))
    guard case .reconnectMailbox(let call) = try ControlFrame(line: Data(frame.line)).call else {
      Issue.record("another call came out")
      return
    }
    #expect(call.mailbox.mailbox.given == mailbox.given && call.mailbox.mailbox.signIn == mailbox.signIn)
    #expect(!"\(frame)".contains("swordfish"))
  }

  @Test(arguments: [
    ControlCall.readStatus(ReadStatus()), .list(of: "acme", after: 17), .showMessage(ShowMessage(1)),
    .change(.retry, .all(entity: nil)), .change(.delete, .numbered([1, .max])),
    .ask(ConnectionChange(.disconnect, entity: "acme", address: ""), why: "x"), .disconnect(),
    .testMailbox(TestMailbox(entity: "acme", recipient: "ada@example.org")),
    .describeMailbox(DescribeMailbox(entity: "acme")), .requests, .approve(3), .deny(3, "no"),
    .listAudit(ListAudit(entity: "acme")),
  ])
  func `every call comes through as it was sent`(call: ControlCall) throws {
    let frame = ControlFrame(call, name: "root (mara)", state: FileIdentity(ofFileAt: "/"))
    let again = try ControlFrame(line: Data(frame.line))
    #expect("\(again)" == "\(frame)")
  }

  @Test func `a directory is the same by every path, and what is not there is none`() {
    #expect(FileIdentity(ofFileAt: "/tmp") == FileIdentity(ofFileAt: "/tmp/../tmp/"))
    #expect(FileIdentity(ofFileAt: "/tmp") != FileIdentity(ofFileAt: "/proc"))
    #expect(FileIdentity(ofFileAt: "/no/such/place") == nil)
  }
}
