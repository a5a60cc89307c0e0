// `letterhead connect` and a person with a browser: Chromium, at a sign-in page with a consent form.

import Foundation
import Sockets
import Support
import Testing

extension System {
  @Suite struct `Signing in with a browser` {
    private func connecting(
      _ relay: Relay, of rig: Rig, as address: String, username: String? = nil
    ) async throws -> LiveCommand {
      try await relay.connecting(
        "--provider", "corp", "--address", address, "--username", username ?? address, "--ca-file",
        rig.certificateAuthority)
    }

    /// Nothing was saved, and the person reads why.
    private func refused(_ command: LiveCommand, _ relay: Relay, saying words: [String]) async throws {
      let finished = try await command.finished()
      #expect(finished.status == 1, "\(finished)")
      for word in words { #expect(finished.errors.contains(word), "\(word) is missing in:\n\(finished)") }
      try await relay.start()
      #expect(try relay.entity().state == "disconnected")
    }

    private func delivers(_ relay: Relay, of rig: Rig, as address: String) async throws {
      try await relay.start()
      let domain = freshDomain()
      try await relay.send(to: "ada@\(domain)")
      #expect(try await rig.arrivals(1, at: domain).map(\.returnPath) == ["<\(address)>"])
    }

    @Test func `ends on a page that says so, and mail goes out`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let relay = try Relay(entities: rig.corp())
      let command = try await connecting(relay, of: rig, as: address)
      let page = try await rig.visit(try await command.address(), as: address, inBrowser: true)
      #expect(page.title.contains("You are signed in"), "\(page)")
      #expect(try await command.finished().wentWell().output.contains("Signed in as \(address)"))
      try await delivers(relay, of: rig, as: address)
    }

    @Test func `that the person refuses saves nothing, and page and terminal say so`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let relay = try Relay(entities: rig.corp())
      let command = try await connecting(relay, of: rig, as: address)
      let page = try await rig.visit(try await command.address(), as: address, pressing: .deny, inBrowser: true)
      #expect(page.title.contains("refused"), "\(page)")
      try await refused(command, relay, saying: ["access_denied", "saved"])
    }

    @Test func `as somebody else saves nothing, and page and terminal name the account`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let (wanted, other) = (freshAddress("wanted"), freshAddress("other"))
      let relay = try Relay(entities: rig.corp())
      let command = try await connecting(relay, of: rig, as: wanted)
      let page = try await rig.visit(try await command.address(), as: other, inBrowser: true)
      #expect(page.title.contains("another account"), "\(page)")
      try await refused(command, relay, saying: [wanted, other, "nothing was saved"])
    }

    @Test func `is not ended by requests that do not belong to it`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let relay = try Relay(entities: rig.corp())
      let command = try await connecting(relay, of: rig, as: address)
      let url = try await command.address()
      let page = try await rig.visit(url, as: address)
      let home = try #require(URLComponents(string: page.address))
      let base = "http://127.0.0.1:\(try #require(home.port))"
      for stray in ["/favicon.ico", "/", "/?code=x", "/?code=x&state=other", "/?error=access_denied&state=other"] {
        let answer = try await run("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", base + stray])
        #expect(answer.output.hasPrefix("4"), "\(answer)")
      }
      try await ScriptedClient.play(
        "C> \"\\0 nonsense\\r\\n\\r\\n\"",
        to: .init(host: "127.0.0.1", port: UInt16(try #require(home.port))))
      let end = try await run("curl", ["-sS", page.address]).wentWell()
      #expect(end.output.contains("You are signed in"), "\(end)")
      try await command.finished().wentWell()
    }

    @Test func `as ada sends as the shared mailbox that she may use`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let ada = freshAddress("ada")
      let relay = try Relay(entities: rig.corp(at: "TOOLKIT_SENDER_CHECKED_TLS"))
      let command = try await connecting(relay, of: rig, as: "shared.\(ada)", username: ada)
      let page = try await rig.visit(try await command.address(), as: ada)
      try await run("curl", ["-sS", page.address]).wentWell()
      try await command.finished().wentWell()
      try await delivers(relay, of: rig, as: "shared.\(ada)")
    }

    @Test func `as ada does not send as a mailbox that is not hers`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let (ada, bob) = (freshAddress("ada"), freshAddress("bob"))
      let relay = try Relay(entities: rig.corp(at: "TOOLKIT_SENDER_CHECKED_TLS"))
      let command = try await connecting(relay, of: rig, as: bob, username: ada)
      let page = try await rig.visit(try await command.address(), as: ada)
      try await run("curl", ["-sS", page.address]).wentWell()
      try await refused(command, relay, saying: ["not owned by user", "does not let this sign-in send as \(bob)"])
    }

    @Test(arguments: [
      ("microsoft", "AADSTS65001"), ("microsoft", "AADSTS90094"), ("microsoft", "AADSTS650052"),
      ("microsoft", "consent_required"), ("google", "admin_policy_enforced"),
    ])
    func `that an administrator must approve first says so, with the link, and saves nothing`(
      provider: String, scenario: String
    ) async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try Relay(
        entities: rig.corp(provider, scripted: scenario, more: "", oauth: "client_secret_file = \"s\""))
      try relay.directory.write("x\n", to: "s")
      let tenant = "0a0b0c0d-1111-2222-3333-444455556666"
      let command = try await relay.connecting(
        "--provider", provider, "--address", freshAddress(), "--tenant", tenant, "--ca-file", rig.certificateAuthority)
      try await run("curl", ["-sSL", try await command.address()]).wentWell()
      let link = provider == "microsoft" ? "https://login.microsoftonline.com/\(tenant)/v2.0/adminconsent" : scenario
      try await refused(command, relay, saying: ["administrator", link, "same command again"])
    }
  }
}
