// Who may not change a connection asks, is answered, and uses the answer once. The callers are real users of the host.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Asking an administrator` {
    /// A relay that other users can reach, connected to nothing but the sandbox.
    private func openRelay(_ admin: String) async throws -> Relay {
      let relay = try Relay(more: "[admin]\n\(admin)\n")
      chmod(relay.directory.path, 0o755)
      chmod(relay.configuration, 0o644)
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      return relay
    }

    /// `letterhead`, typed by the user nobody.
    private func nobody(_ relay: Relay, _ words: String...) async throws -> Finished {
      let user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
      return try await run("setpriv", user + [PublicBinary.path] + words + ["--config", relay.configuration])
    }

    @Test func `is a request, a decision, and one use`() async throws {
      let relay = try await openRelay("approval = \"required\"")
      let bare = try await nobody(relay, "disconnect", "acme")
      #expect(bare.status == 1 && bare.errors.contains("--justification"), "\(bare)")
      let filed = try await nobody(relay, "disconnect", "acme", "--justification", "We move to another provider")
      #expect(filed.status == 1 && filed.errors.contains("letterhead approve 1"), "\(filed)")
      #expect(try relay.entity().state == "connected")

      let listed = try await nobody(relay, "requests").wentWell()
      #expect(listed.output.contains("We move to another provider"), "\(listed)")
      for verb in [["approve", "1"], ["deny", "1", "--reason", "x"], ["audit"]] {
        let refused = try await run(
          "setpriv",
          ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", PublicBinary.path] + verb
            + ["--config", relay.configuration])
        #expect(refused.status == 1 && refused.errors.contains("nobody may not do that here"), "\(refused)")
      }

      try await relay.letterhead("approve", "1").wentWell()
      try await nobody(relay, "disconnect", "acme").wentWell()
      try await eventually("acme is disconnected") { try relay.entity().state == "disconnected" }
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      let again = try await nobody(relay, "disconnect", "acme", "--justification", "Once more")
      #expect(again.status == 1 && again.errors.contains("request 2"), "\(again)")

      try await relay.letterhead("deny", "2", "--reason", "Once is enough").wentWell()
      #expect(try await nobody(relay, "requests").output.contains("Once is enough"))
      #expect(try await relay.letterhead("approve", "2").errors.contains("denied already"))

      let audit = try await relay.letterhead("audit", "--json", "--entity", "acme").wentWell()
      let entries = try #require(JSONSerialization.jsonObject(with: Data(audit.output.utf8)) as? [[String: Any]])
      #expect(
        entries.reversed().compactMap { $0["verb"] as? String } == [
          "connect", "request", "approve", "disconnect", "connect", "request", "deny",
        ])
      let names = entries.reversed().compactMap { ($0["person"] as? [String: Any])?["name"] as? String }
      #expect(names.enumerated().filter { $0.element == "nobody" }.map(\.offset) == [1, 3, 5])
    }

    @Test func `is refused with a sentence where there are no approvals`() async throws {
      let relay = try await openRelay("")
      let refused = try await nobody(relay, "disconnect", "acme", "--justification", "please")
      #expect(refused.status == 1 && refused.errors.contains("[admin]"), "\(refused)")
      #expect(try await relay.letterhead("requests").output.contains("There are no requests."))
    }

    @Test func `is not needed of whom the configuration names`() async throws {
      let relay = try await openRelay("approval = \"required\"\nusers = [\"nobody\"]")
      try await nobody(relay, "disconnect", "acme").wentWell()
      try await eventually("acme is disconnected") { try relay.entity().state == "disconnected" }
    }

    @Test func `needs a relay that runs, except of root`() async throws {
      let relay = try await openRelay("approval = \"required\"")
      try await relay.end()
      let refused = try await nobody(relay, "requests")
      #expect(refused.status == 1 && refused.errors.contains("The relay is not running"), "\(refused)")
      try await relay.letterhead("requests").wentWell()
      try await relay.letterhead("audit").wentWell()
    }
  }
}

/// The binary where every user can read it; a checkout may stand below a closed directory.
private enum PublicBinary {
  static let path: String = {
    let copy = "/tmp/lh-public.\(getpid())"
    try? FileManager.default.removeItem(atPath: copy)
    try? FileManager.default.copyItem(atPath: Relay.binary, toPath: copy)
    chmod(copy, 0o755)
    atexit { unlink("/tmp/lh-public.\(getpid())") }
    return copy
  }()
}
