// What a generated password is made of.

import Testing

@testable import Mailboxes

@Suite struct AppPasswordTests {
  @Test(
    arguments: [
      ([UInt8](repeating: 0, count: 20), String(repeating: "a", count: 32)),
      ([UInt8](repeating: 255, count: 20), String(repeating: "9", count: 32)),
      // 00000 00001 00010 … 11111: each character of the alphabet once.
      (
        [
          0x00, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF, 0x84, 0x65, 0x3A, 0x56, 0xD7, 0xC6, 0x75, 0xBE,
          0x77, 0xDF,
        ], "abcdefghijkmnpqrstuvwxyz23456789"
      ),
    ] as [([UInt8], String)])
  func `five random bits are one character, and no two characters look alike`(random: [UInt8], text: String) {
    #expect(AppPassword(random: random).secret.reveal() == text)
  }

  @Test func `two passwords are different, and neither prints`() {
    let (one, other) = (AppPassword.random(), AppPassword.random())
    #expect(one != other)
    #expect(one.secret.reveal().utf8.count == AppPassword.characters)
    #expect(!"\(one) \(one.octets)".contains(one.secret.reveal()))
  }
}
