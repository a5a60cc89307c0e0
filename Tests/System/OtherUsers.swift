// Commands typed by other users of the host, and a relay that runs as one. Tests of these need root.

import Foundation
import Support

/// The binaries where every user can read them; a checkout may stand below a closed directory.
enum PublicBinary {
  static let path: String = {
    let place = copy("letterhead", to: "lh-public")
    atexit { unlink("/tmp/lh-public.\(getpid())") }
    return place
  }()

  static let sendmail: String = {
    let place = copy("letterhead-sendmail", to: "lh-sendmail")
    atexit { unlink("/tmp/lh-sendmail.\(getpid())") }
    return place
  }()

  private static func copy(_ program: String, to name: String) -> String {
    let copy = "/tmp/\(name).\(getpid())"
    try? FileManager.default.removeItem(atPath: copy)
    try? FileManager.default.copyItem(atPath: Relay.folder.appending(path: program).path, toPath: copy)
    chmod(copy, 0o755)
    return copy
  }

  /// What runs a program as `user`, who is in no group but one of no consequence.
  static func prefix(_ user: String) -> [String] {
    ["setpriv", "--reuid=\(user)", "--regid=nogroup", "--clear-groups", "--"]
  }
}

extension Relay {
  /// `letterhead`, typed by another user.
  func letterhead(as user: String, _ words: [String], input: String = "") async throws -> Finished {
    let words = PublicBinary.prefix(user) + [PublicBinary.path] + words + ["--config", configuration]
    return try await run(words[0], Array(words.dropFirst()), input: input)
  }

  func letterhead(as user: String, _ words: String..., input: String = "") async throws -> Finished {
    try await letterhead(as: user, words, input: input)
  }

  /// Gives the state and the status file's directory to `user`, and lets everybody come as far as the socket.
  func belong(to user: String) throws {
    guard let entry = getpwnam(user)?.pointee else { throw Failure("no user \(user)") }
    chmod(directory.path, 0o755)
    chmod(configuration, 0o644)
    mkdir(directory.path("state"), 0o700)
    for path in [directory.path, directory.path("state")] { chown(path, entry.pw_uid, entry.pw_gid) }
  }
}
