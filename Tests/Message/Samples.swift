// Messages as apps write them, and the identity they go out as in these tests.

import FoundationEssentials
import Message
import SMTP

/// Lines ended by LF, as Swift source has them, with the CRLF of the wire.
func wire(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

extension Address {
  /// `ada@example.org`; for tests only, where nothing has to be checked.
  init(_ text: String) {
    let at = text.lastIndex(of: "@")
    self.init(
      localPart: String(text[..<(at ?? text.endIndex)]), domain: at.map { String(text[text.index(after: $0)...]) } ?? ""
    )
  }
}

extension Identity {
  static let office = Identity(
    address: Address("billing@firm.example"), mailboxName: "Firm Billing", entityName: "Firm Ltd")

  func with(_ change: (inout Identity) -> Void) -> Identity {
    var copy = self
    change(&copy)
    return copy
  }
}

/// Sunday, 22 November 2026, 08:00 UTC.
let morning = Date(timeIntervalSince1970: 1_795_334_400)

struct Rewritten {
  let header: Header
  let envelope: Envelope
  /// Header, empty line and body, as they go upstream.
  let message: [UInt8]
}

func rewrite(
  _ message: [UInt8], as identity: Identity = .office, sender: Address? = Address("erp@app.example")
) -> Rewritten {
  let header = Header(parsing: message)
  let envelope = Envelope(sender: sender, recipients: [Address("ada@example.org")])
  let result = SenderRewrite(identity, hostname: "relay.example")
    .apply(header: header, envelope: envelope, now: morning, id: "42")
  return Rewritten(
    header: result.header, envelope: result.envelope,
    message: result.header.serialized() + message[header.bodyStart...])
}
