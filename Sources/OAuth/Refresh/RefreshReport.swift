// What the helper tells the process that started it, as JSON on its standard output: a pipe between these two alone.

import FoundationEssentials
import Mailboxes

enum RefreshReport: Sendable, Codable, Equatable {
  struct Token: Sendable, Codable, Equatable {
    var accessToken: String
    var expiresAt: Date
    var renewAt: Date

    init(_ fresh: FreshToken) {
      accessToken = fresh.token.secret.reveal()
      expiresAt = fresh.token.expiresAt
      renewAt = fresh.renewAt
    }

    var fresh: FreshToken {
      FreshToken(token: AccessToken(secret: Secret(accessToken), expiresAt: expiresAt), renewAt: renewAt)
    }
  }

  case token(Token)
  /// The provider rotated, and the disk did not take the new refresh token: the reader of this report has the only copy.
  case unsaved(Token, refreshToken: String, lapses: Date?, at: Date)
  case failed(TokenError)

  /// Many times the size of two tokens of the largest size that any mail server takes.
  static let largest = 1 << 20
}
