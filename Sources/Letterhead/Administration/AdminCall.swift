// What is said over the admin socket: one line of JSON asks, lines of JSON answer, and the last of them says how it ended.

package import Foundation
package import Mailboxes

/// One question or order.
package struct AdminCall: Sendable, Codable {
  package static let version = 1
  /// Of a call's line, its end included.
  package static let lineLimit = 64 << 10

  /// Another version is refused with a sentence.
  package var version = Self.version
  package var verb: Verb

  package enum Verb: Sendable, Codable {
    /// Whether this change is the caller's to make now. Where it needs an approval, files the request for it.
    case ask(ConnectionChange, justification: String?)
    case disconnect(entity: String, justification: String?)
    /// `sendingTest`: a real message goes to the mailbox itself; `nil`: where its provider needs that.
    case connect(MailboxPayload, sendingTest: Bool? = nil, justification: String?)
    case requests
    case approve(Int64)
    case deny(Int64, reason: String)
    case audit(entity: String?)
  }

  package init(_ verb: Verb) {
    self.verb = verb
  }

  /// With its end.
  package var line: [UInt8] { get throws { try Self.line(self) } }

  /// - Throws: for anything that is no call; the error may quote it, so show it nobody.
  package init(line: Data) throws {
    self = try Self.decoder.decode(AdminCall.self, from: line)
  }

  fileprivate static func line(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .secondsSince1970
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }

  fileprivate static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .secondsSince1970
    return decoder
  }
}

/// One line of an answer.
package enum AdminReply: Sendable, Equatable, Codable {
  /// A step of a connect as it came to its end, for people to read.
  case step(String)
  case request(Request)
  case entry(AuditEntry)

  /// The change that was asked about is the caller's to make.
  case permitted
  /// The change needs an administrator's approval; this is the request for it.
  case filed(Request)
  case done(String)
  /// Nothing was changed, and why.
  case refused(String)

  /// Nothing comes after it.
  package var isLast: Bool {
    switch self {
    case .step, .request, .entry: false
    case .permitted, .filed, .done, .refused: true
    }
  }

  package var line: [UInt8] { get throws { try AdminCall.line(self) } }

  package init(line: Data) throws {
    self = try AdminCall.decoder.decode(AdminReply.self, from: line)
  }
}
