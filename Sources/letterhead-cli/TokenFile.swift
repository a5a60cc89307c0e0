// Keeps a refresh token that is rotated while a connection is only being tested: nothing is saved yet, and the token in
// the administrator's file has died with the rotation.

import Foundation
import Mailboxes
import OAuth
import Synchronization

/// Holds the grant of a mailbox that is not connected yet. A rotated refresh token is on disk before it is used.
final class TokenFile: GrantKeeper {
  /// Where a rotated token goes: the file it came from, or one in the state directory when it came on standard input.
  private let path: String
  private let newest: Mutex<Secret>

  init(_ token: Secret, from file: String, entity: String, stateDirectory: String) {
    path = file == "-" ? "\(stateDirectory)/\(entity).refresh-token" : file
    newest = Mutex(token)
  }

  /// The token to save with the mailbox.
  var token: Secret { newest.withLock { $0 } }

  func alone<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    try await body()
  }

  func refreshToken() async throws -> Secret? { token }

  func keep(_ refreshToken: Secret) async throws {
    let next = path + ".next"
    let descriptor = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CommandFailure("The new refresh token cannot be kept in \(path).") }
    defer { close(descriptor) }
    let octets = Array(refreshToken.reveal().utf8) + [0x0A]
    guard write(descriptor, octets, octets.count) == octets.count, fsync(descriptor) == 0, rename(next, path) == 0
    else {
      throw CommandFailure("The new refresh token cannot be kept in \(path): \(String(cString: strerror(errno))).")
    }
    newest.withLock { $0 = refreshToken }
  }
}
