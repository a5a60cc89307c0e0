// What DNS says of a domain's mail, read from octets that anybody may have sent.

import Testing

@testable import Sockets

@Suite struct `An answer about mail exchangers` {
  /// Two MX records for acme.example, the second preferred, its name compressed.
  private static let answer: [UInt8] =
    [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]
    + [4] + Array("acme".utf8) + [7] + Array("example".utf8) + [0, 0, 15, 0, 1]
    + [0xC0, 12, 0, 15, 0, 1, 0, 0, 1, 0, 0, 9, 0, 20, 4] + Array("Back".utf8) + [0xC0, 12]
    + [0xC0, 12, 0, 15, 0, 1, 0, 0, 1, 0, 0, 7, 0, 10, 2] + Array("mx".utf8) + [0xC0, 12]

  @Test func `gives the preferred name first, in small letters`() {
    #expect(MailExchangers.names(in: Self.answer) == ["mx.acme.example", "back.acme.example"])
  }

  @Test func `cut anywhere gives what was whole`() {
    for length in 0..<Self.answer.count {
      let names = MailExchangers.names(in: Array(Self.answer.prefix(length)))
      #expect(names.count < 2 && Set(names).isSubset(of: ["back.acme.example"]), "\(length)")
    }
  }

  @Test(arguments: [
    [UInt8](repeating: 0xFF, count: 64),  // pointers into nowhere, and 65,535 records
    [0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0xC0, 12, 0, 15, 0, 1],  // a name that points to itself
    // Data longer than the answer.
    [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 15, 0, 1, 0, 0, 0, 0, 0xFF, 0xFF, 0, 1, 0],
    [],
  ])
  func `that lies gives nothing, and ends`(octets: [UInt8]) {
    #expect(MailExchangers.names(in: octets).allSatisfy { $0.isEmpty })
  }
}
