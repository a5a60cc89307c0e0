// Where is the mail of Tuesday? By a real provider's word, while the relay runs, when it is stopped, and after a restart.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A trace` {
    private struct Story: Decodable {
      struct Reader: Decodable { let address: String, fate: String }
      let id: Int, state: String, sender: String, sentAs: String?, messageId: String?
      let recipients: [Reader], atProvider: [String], lastReply: String
    }

    private func stories(_ what: String, of relay: Relay) async throws -> [Story] {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let output = try await relay.letterhead("trace", what, "--json").wentWell().output
      return try decoder.decode([Story].self, from: Data(output.utf8))
    }

    @Test func `finds a message by each of its names, and tells its life in some lines`() async throws {
      let rig = try await Rig.running
      let (address, domain) = (freshAddress(), freshDomain())
      try await rig.setPassword(of: address, to: "geheim-1")
      let relay = try Relay()
      try await relay.connect(to: "SMTP_TLS", of: rig, as: address, password: "geheim-1").wentWell()
      try await relay.start()
      try await relay.send(to: "ada@\(domain)", subject: "One\r\nMessage-ID: <tuesday@\(domain)>")
      try await relay.send(to: "bob@\(domain)", subject: "Two")
      let arrival = try #require(
        try await rig.arrivals(2, at: domain).first { $0.recipient == "ada@\(domain)" })
      let names = ["1", "tuesday@\(domain)", "<tuesday@\(domain)>", arrival.order, "ada@\(domain)"]
      try await eventually("settled") { try await stories("2", of: relay).first?.state == "delivered" }

      for isRunning in [true, false, true] {
        for name in names {
          let found = try await stories(name, of: relay)
          #expect(found.map(\.id) == [1] && found.first?.state == "delivered", "\(name), running: \(isRunning)")
        }
        if isRunning { _ = try await relay.end() } else { try await relay.start() }
      }
      let story = try #require(try await stories("1", of: relay).first)
      #expect(story.sentAs == address && story.sender == "erp@localhost" && story.messageId == "<tuesday@\(domain)>")
      #expect(story.atProvider == [arrival.order] && story.lastReply.contains("queued as \(arrival.order)"))
      #expect(story.recipients.map(\.fate) == ["delivered"])
      let lines = try await relay.letterhead("trace", "1").wentWell().output.split(separator: "\n")
      #expect(lines.count == 7 && lines[0] == "Message 1 of acme: delivered", "\(lines)")

      let miss = try await relay.letterhead("trace", "nobody@\(domain)", "--since", "2d")
      #expect(miss.status == 1 && miss.errors.contains("the history, which goes back to"), "\(miss)")
    }

    @Test func `tells of mail that waits, and of mail that somebody deleted`() async throws {
      let relay = try Relay()
      try await relay.start()
      try await relay.send(to: "ada@example.org")
      let waiting = try await relay.letterhead("trace", "ada@example.org").wentWell().output
      #expect(waiting.contains("Message 1 of acme: held") && waiting.contains("No mailbox is connected to acme."))
      try await relay.letterhead("queue", "delete", "1").wentWell()
      #expect(try await relay.letterhead("trace", "1").wentWell().output.contains("Message 1 of acme: deleted by root"))
    }
  }
}
