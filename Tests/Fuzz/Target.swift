// What is fuzzed: each parser that sees foreign bytes, with what must hold whatever the bytes are. A target is fed the
// bytes themselves, as they would come, so that a file of its corpus reads like what it stands for.

import Support

/// One parser and its property.
struct Target: Sendable, CustomStringConvertible {
  /// Also of its folder in Tests/Corpus.
  let name: String
  /// Throws a `Fault`, or ends the process, when the property does not hold.
  let check: @Sendable ([UInt8]) throws -> Void

  var description: String { name }

  static let all =
    [
      address, auth, call, callback, chunks, command, configuration, dns, dots, drop, encoding, folderName, header,
      idToken, imap,
      keyFile,
      letter,
      lines,
      proxyBinary, proxyLine, reply, report, rewrite, sasl, session, socketAnswer, status, table, tls, token,
    ] + imports

  static func named(_ name: String) -> Target? { all.first { $0.name == name } }
}

/// What did not hold.
struct Fault: Error, CustomStringConvertible {
  let description: String
}

func demand(_ holds: Bool, _ fault: @autoclosure () -> String) throws {
  if !holds { throw Fault(description: fault()) }
}

/// Whole, octet by octet, and at random, with the input itself as the seed: the same input is always cut alike.
func cuts(of octets: [UInt8]) -> [[[UInt8]]] {
  [.whole, .octetByOctet, Pieces.atRandom(seed: seed(from: octets))].map { $0.pieces(of: octets) }
}

/// FNV-1a.
func seed(from octets: [UInt8]) -> UInt64 {
  octets.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}

/// What `read` makes of the octets, which must be the same however they are cut.
func same<Value: Equatable>(
  however octets: [UInt8], _ what: String, _ read: ([[UInt8]]) throws -> Value
) throws -> Value {
  let all = try cuts(of: octets).map(read)
  for other in all.dropFirst() { try demand(other == all[0], "\(what): \(other) when cut, else \(all[0])") }
  return all[0]
}

extension String {
  /// Nothing in it that would steer a terminal, forge a line or turn the direction of what follows.
  var isHarmless: Bool {
    unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
  }
}

extension Sequence<UInt8> {
  var text: String { String(decoding: Array(self), as: UTF8.self) }
}
