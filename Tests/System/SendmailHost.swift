// A host on which letterhead-sendmail is installed: a relay with a unix listener and a drop folder, and the program under
// each of its names. Tests with it need root, since its callers are real users.

import Foundation
import Support

extension Relay {
  /// - Parameter more: TOML behind the keys of the entity `acme`.
  static func withSendmail(_ more: String = "", limits: String = "") throws -> Relay {
    let entity = "[entity.acme]\nname = \"Acme S.p.A.\"\ndefault = true\n\(more)"
    let relay = try Relay(entities: entity, hasUnixListener: true, limits: limits)
    chmod(relay.directory.path, 0o755)
    chmod(relay.configuration, 0o644)
    mkdir(relay.directory.path("bin"), 0o755)
    for name in ["sendmail", "mailq", "newaliases"] {
      guard link(PublicBinary.sendmail, relay.directory.path("bin/\(name)")) == 0 else { throw Failure("no \(name)") }
    }
    // What mailq starts: it knows no configuration but the usual one.
    let letterhead = "#!/bin/sh\nexec '\(PublicBinary.path)' \"$@\" --config '\(relay.configuration)'\n"
    try relay.directory.write(letterhead, to: "bin/letterhead", mode: 0o755)
    return relay
  }

  var drop: String { directory.path("drop") }

  /// What a program finds in place of `/run/letterhead/submit.sock` and `/var/spool/letterhead/drop`.
  var sendmailSettings: [String: String] {
    ["LETTERHEAD_SUBMIT_SOCKET": directory.path("submit.sock"), "LETTERHEAD_DROP": drop]
  }

  /// - Parameter name: `sendmail`, `mailq` or `newaliases`.
  func sendmail(
    _ arguments: [String], called name: String = "sendmail", as user: String = "www-data",
    environment: [String: String] = [:], input: String = ""
  ) async throws -> Finished {
    let words = PublicBinary.prefix(user) + [directory.path("bin/\(name)")] + arguments
    return try await run(
      words[0], Array(words.dropFirst()), environment: sendmailSettings.merging(environment) { $1 }, input: input)
  }

  /// As `queue --json` tells it, to root or another user.
  func queued(as user: String? = nil) async throws -> [QueuedMail] {
    let listed =
      if let user { try await letterhead(as: user, "queue", "--json") } else { try await letterhead("queue", "--json") }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([QueuedMail].self, from: Data(listed.wentWell().output.utf8))
  }

  /// The log's lines that name `word`.
  func logLines(naming word: String) -> [Substring] { log.split(separator: "\n").filter { $0.contains(word) } }
}

struct QueuedMail: Decodable {
  let sender: String
  let recipients: [String]
  let uid: UInt32?
}
