// Standard input as programs write it.

import Support
import Testing

@testable import Sendmail

@Suite struct `Standard input` {
  struct Row: Sendable, CustomStringConvertible {
    let input: String
    let message: String
    var withDots: String?
    var description: String { input.debugDescription }
  }

  static let rows = [
    Row(input: "", message: ""),
    Row(input: "a\nb\n", message: "a\r\nb\r\n"),
    Row(input: "a\r\nb\r\n", message: "a\r\nb\r\n"),
    Row(input: "a\nb", message: "a\r\nb"),
    Row(input: "a\n.\nb\n", message: "a\r\n", withDots: "a\r\n.\r\nb\r\n"),
    Row(input: "a\r\n.\r\nb\r\n", message: "a\r\n", withDots: "a\r\n.\r\nb\r\n"),
    Row(input: ".\nb\n", message: "", withDots: ".\r\nb\r\n"),
    // Nothing doubles dots here, so none is taken off.
    Row(input: "..\n.x\n. \n", message: "..\r\n.x\r\n. \r\n"),
    Row(input: "a\n.", message: "a\r\n."),
    Row(input: "a\n.\r", message: "a\r\n.\r\n"),
    Row(input: ".\r\r\nx\n", message: ".\r\n\r\nx\r\n"),
    Row(input: "a\rb\n", message: "a\r\nb\r\n"),
  ]

  @Test(arguments: rows)
  func `ends at a line of one dot, unless -i says otherwise`(row: Row) {
    for cut in [Pieces.whole, .octetByOctet] {
      #expect(decoded(row.input, endsAtDot: true, cut) == row.message)
      #expect(decoded(row.input, endsAtDot: false, cut) == row.withDots ?? row.message)
    }
  }

  private func decoded(_ input: String, endsAtDot: Bool, _ cut: Pieces) -> String {
    var decoder = InputDecoder(endsAtDot: endsAtDot)
    var message: [UInt8] = []
    for piece in cut.pieces(of: Array(input.utf8)) where !decoder.isComplete { decoder.decode(piece, into: &message) }
    decoder.finish(into: &message)
    return String(decoding: message, as: UTF8.self)
  }
}
