// How a command ended, or what the server says unasked: OK, NO, BAD and the rest, with a code for programs. RFC 5530.

import SMTP

package struct IMAPStatus: Equatable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case ok = "OK"
    case no = "NO"
    case bad = "BAD"
    case bye = "BYE"
    case preauth = "PREAUTH"
  }

  package var kind: Kind
  package var code: Code?
  /// For people. Not yet fit to be shown.
  package var text: String

  /// What stands in brackets before the words: `[APPENDUID 38505 3955]`.
  package struct Code: Equatable, Sendable {
    /// In capitals.
    package var name: String
    package var arguments: [String]
  }

  package var isOK: Bool { kind == .ok }

  /// - Parameter octets: behind the word that is the kind.
  init(_ kind: Kind, _ octets: ArraySlice<UInt8>) {
    self.kind = kind
    var words = octets
    if words.first == UInt8(ascii: "["), let end = words.firstIndex(of: UInt8(ascii: "]")) {
      code = Code(words[(words.startIndex + 1)..<end])
      words = words[(end + 1)...]
    }
    text = String(decoding: words.drop { $0 == .space }, as: UTF8.self)
  }
}

extension IMAPStatus.Code {
  /// Of one code: a hostile server may say many.
  private static let mostArguments = 200

  fileprivate init?(_ octets: ArraySlice<UInt8>) {
    let words = octets.split(separator: .space, maxSplits: Self.mostArguments).prefix(Self.mostArguments)
    guard let name = words.first else { return nil }
    self.name = String(decoding: name.map(\.uppercased), as: UTF8.self)
    arguments = words.dropFirst().map { String(decoding: $0, as: UTF8.self) }
  }

  /// `[APPENDUID validity uid]` (RFC 4315): what the copy is called from now on.
  package var copyName: String? {
    guard name == "APPENDUID", arguments.count == 2, let validity = UInt32(arguments[0]), let uid = UInt32(arguments[1])
    else { return nil }
    return "\(validity)/\(uid)"
  }
}
