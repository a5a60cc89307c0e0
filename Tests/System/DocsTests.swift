// What the pages of docs/ and the table of providers promise, against the program itself.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The docs` {
    private static let folder = "\(Checkout.path)/docs"

    /// Else run `make docs`.
    @Test func `say what the program says`() async throws {
      let directory = try TemporaryDirectory()
      try await run("cp", ["-r", Self.folder, directory.path("docs")]).wentWell()
      try await run("\(Checkout.path)/scripts/make-docs", [Relay.binary, directory.path("docs")]).wentWell()
      try await run("diff", ["-r", Self.folder, directory.path("docs")]).wentWell()
    }

    @Test(arguments: ["microsoft-365.md", "google.md", "any-provider.md", "graph.md"])
    func `hold configurations that pass letterhead check`(page: String) async throws {
      let text = try String(contentsOfFile: "\(Self.folder)/\(page)", encoding: .utf8)
      for section in text.components(separatedBy: "```toml\n").dropFirst() {
        let toml = section.components(separatedBy: "```")[0]
        let hasEntity = toml.contains("[entity.acme")
        let relay = try Relay(
          entities: (hasEntity ? "" : "[entity.acme]\n")
            + toml.replacing("[entity.acme.limits]", with: "[entity.acme]\n[entity.acme.limits]"))
        try await relay.letterhead("check").wentWell()
      }
    }

    /// Each block for itself, beside what the others have named.
    @Test func `hold rules for apps that pass letterhead check`() async throws {
      let text = try String(contentsOfFile: "\(Self.folder)/apps.md", encoding: .utf8)
      let blocks = text.components(separatedBy: "```toml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
      #expect(blocks.count > 10)
      for block in blocks {
        let others = ["[entity.acme]", "[entity.brandb]", "[app.erp]\nsign_in = true"].filter {
          !block.contains($0.prefix { $0 != "\n" })
        }
        let relay = try Relay(entities: ([block] + others).joined(separator: "\n"))
        let tls = relay.directory.path("tls")
        let key = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
        try await run("openssl", key + ["-keyout", "\(tls).key", "-out", "\(tls).pem"]).wentWell()
        let configuration = try String(contentsOfFile: relay.configuration, encoding: .utf8)
        try relay.directory.write(
          configuration.replacing("/etc/letterhead/tls/relay", with: tls), to: "letterhead.toml")
        try await relay.letterhead("check").wentWell()
      }
    }

    /// Where a page of its own has all there is to say, `providers.md` has nothing.
    @Test func `say of every provider what to create where`() async throws {
      let relay = try Relay()
      let page = try String(contentsOfFile: "\(Self.folder)/providers.md", encoding: .utf8)
      let json = try await relay.letterhead("providers", "--json").wentWell().output
      let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
      let known = Set(rows.compactMap { $0["name"] as? String })
      let named = Set(page.matches(of: #/--provider ([a-z-]+)/#).map { String($0.output.1) })
      let elsewhere: Set = [
        "microsoft", "microsoft-us", "microsoft-cn", "outlook", "google", "google-relay", "sandbox",
      ]
      #expect(named.subtracting(known).isEmpty && known.subtracting(elsewhere).subtracting(named).isEmpty)
      for command in page.matches(of: #/(?m)^letterhead connect acme (.*)$/#) {
        let words = command.output.1.split(separator: " ").filter { $0 != "-" }.map(String.init) + ["--explain"]
        let explained = try await run(
          Relay.binary,
          ["connect", "acme"] + words.filter { $0 != "--password-file" } + ["--config", relay.configuration])
        #expect(explained.status == 0, "\(explained)")
      }
    }

    @Test func `and the list of providers name them all, for people and for programs`() async throws {
      let relay = try Relay()
      let list = try await relay.letterhead("providers").wentWell().output
      let json = try await relay.letterhead("providers", "--json").wentWell().output
      let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
      #expect(rows.count == list.split(separator: "\n").count)
      for row in rows {
        let name = try #require(row["name"] as? String)
        #expect(list.contains("\(name) ") && row["host"] is String)
      }
      let one = try await relay.letterhead("providers", "microsoft").wentWell().output
      #expect(one.hasPrefix("[provider.microsoft]\n") && one.contains("host = \"smtp.office365.com\""))
      // Not in the table, and taken by connect all the same.
      for (name, command) in [("smtp", "--smtp HOST[:PORT]"), ("sandbox", "--provider sandbox")] {
        let told = try await relay.letterhead("providers", name).wentWell().output
        #expect(told.contains("letterhead connect ENTITY \(command)") && !told.contains("[provider."), "\(told)")
        #expect(try await relay.letterhead("providers", name, "--json").wentWell().output.contains(name))
      }
      let unknown = try await relay.letterhead("providers", "nobody")
      #expect(unknown.status == 1 && unknown.errors.contains("There is no provider \"nobody\""))
    }
  }
}
