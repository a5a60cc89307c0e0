// What a mail server says of a token that it does not accept, before its 535: JSON behind the 334 of XOAUTH2 and
// OAUTHBEARER. RFC 7628 §3.2.2; Google's form of it.

import Foundation
import Mailboxes

/// The server's answer to an access token.
package struct TokenChallenge: Equatable, Sendable {
  /// XOAUTH2: an HTTP status in digits. OAUTHBEARER: an error's name. Empty where the server gave none.
  package let status: String
  /// As the server wrote it, however it is built.
  package private(set) var words: String

  package init(_ octets: [UInt8]) {
    words = String(decoding: octets.prefix(4096), as: UTF8.self)
    status = (try? JSONDecoder().decode(ChallengeJSON.self, from: Data(octets)))?.status.lowercased() ?? ""
  }

  /// The token is good and does not reach so far: its permissions (scopes) lack sending, or a policy does.
  package var isAboutPermission: Bool { ["403", "insufficient_scope"].contains(status) }

  func redacted(_ secrets: HiddenSecrets) -> TokenChallenge {
    var copy = self
    copy.words = secrets.hidden(in: words)
    return copy
  }
}

private struct ChallengeJSON: Decodable {
  let status: String

  private enum Key: String, CodingKey { case status }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    if let number = try? fields.decode(Int.self, forKey: .status) {
      status = "\(number)"
    } else {
      status = try fields.decode(String.self, forKey: .status)
    }
  }
}
