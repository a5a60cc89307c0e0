// A moment, and mailboxes for tests of values.

import Foundation
import Mailboxes
import SMTP
import Testing

let noon = Date(timeIntervalSince1970: 1_795_334_400)

extension Mailbox {
  static func test() -> Mailbox {
    Mailbox(
      entity: "acme", address: Address(localPart: "office", domain: "firm.example"),
      server: Server(host: "smtp.provider.example", port: 587, security: .none), signIn: .none, connectedAt: noon)
  }
}

extension Reply {
  /// As a server writes it, lines ended by LF.
  init(wire text: String) throws {
    var buffer = LineBuffer()
    buffer.append(Array("\(text)\r\n".utf8))
    var parser = ReplyParser()
    self = try #require(try parser.parse(from: &buffer))
  }
}
