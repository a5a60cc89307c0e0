// Copies in a real server's folder of sent messages, by a provider that files them itself and by one that does not.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Sent copies` {
    private let address = freshAddress()
    private let domain = freshDomain()

    private func relay(of rig: Rig, _ rules: String, imap: String? = nil) async throws -> Relay {
      try await rig.setPassword(of: address, to: "geheim-1")
      return try Relay(
        entities: """
          [entity.acme]
          name = "Acme S.p.A."
          default = true
          imap = "localhost:\(imap ?? rig.port("IMAPS"))"
          \(rules)
          """)
    }

    private func connect(_ relay: Relay, to rig: Rig) async throws -> Finished {
      try await relay.connect(to: "SCRIPTED_TLS", of: rig, as: address, password: "geheim-1").wentWell()
    }

    /// Subjects in Sent that are not the letter by which `connect` finds out.
    private func sent(in rig: Rig) async throws -> [String] {
      let lines = try await rig.verb("sent", address, "geheim-1").split(separator: "\n")
      for line in lines { #expect(line.hasPrefix("\\Seen "), "\(line)") }
      return lines.map { $0.split(separator: " ", maxSplits: 2)[2] }.filter { $0 != "Letterhead test" }.map(String.init)
    }

    private func send(_ count: Int, through relay: Relay) async throws {
      for number in 1...count { try await relay.send(to: "n\(number)@\(domain)", subject: "Invoice \(number)") }
      try await eventually("all delivered", within: .seconds(60)) {
        try relay.entity().totals.delivered == count && relay.entity().queue.queued == 0
      }
    }

    private let invoices = (1...5).map { "Invoice \($0)" }

    @Test func `are filed once by Letterhead where connect finds that the provider files none`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await relay(of: rig, "sent_copy = \"auto\"")
      let connected = try await connect(relay, to: rig)
      #expect(
        connected.output.contains("the provider files none, so Letterhead files them in \"Sent\""), "\(connected)")
      try await relay.start()
      #expect(try await relay.letterhead("status", "--json").output.contains("\"sent_copies\" : \"append\""))
      try await send(5, through: relay)
      try await eventually("all filed", within: .seconds(60)) { try await sent(in: rig).count >= 5 }
      #expect(try await sent(in: rig).sorted() == invoices)
      #expect(try await rig.arrivals(5, at: domain).count == 5)
      let trace = try await relay.letterhead("trace", "1").wentWell()
      #expect(trace.output.contains("Sent copy") && trace.output.contains("filed in \"Sent\""), "\(trace)")
      #expect(try await relay.letterhead("sent").wentWell().output == "No copy is due.\n")
    }

    @Test func `are left to a provider that connect has seen filing them`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await relay(of: rig, "sent_copy = \"auto\"")
      try rig.script("files-copies", for: address)
      let connected = try await connect(relay, to: rig)
      #expect(connected.output.contains("the provider files them"), "\(connected)")
      try await relay.start()
      try await send(5, through: relay)
      #expect(try await sent(in: rig).sorted() == invoices)
      #expect(try await relay.letterhead("status", "--json").output.contains("\"sent_copies\" : \"provider\""))
    }

    @Test func `wait for a server that is away, over a crash, while mail flows, and are then filed once`() async throws
    {
      let rig = try await Rig.running(with: .scripted)
      let away = "\(Ports.unused())"
      let relay = try await relay(of: rig, "sent_copy = \"append\"", imap: away)
      let connected = try await connect(relay, to: rig)
      #expect(connected.output.contains("the mailbox cannot be read"), "\(connected)")
      try await relay.start()
      try await send(5, through: relay)
      #expect(try await sent(in: rig).isEmpty)
      try await eventually("what is due is listed") {
        try await relay.letterhead("sent").wentWell().output.contains("does not answer on port \(away)")
      }
      try await relay.kill()
      try await relay.start()
      #expect(try await relay.letterhead("queue").wentWell().output == "The queue is empty.\n")
      #expect(try await relay.letterhead("queue", "--state", "filing").wentWell().output.contains(" filing "))
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try await relay.reload(text.replacing("localhost:\(away)", with: "localhost:\(rig.port("IMAPS"))"))
      try await relay.letterhead("sent", "retry", "--all").wentWell()
      try await eventually("all filed", within: .seconds(60)) { try await sent(in: rig).count >= 5 }
      #expect(try await sent(in: rig).sorted() == invoices)
      #expect(try await rig.arrivals(5, at: domain).count == 5)
      #expect(try relay.status().state == "ok")
    }

    @Test func `are dropped by a person's order, and the messages stay delivered`() async throws {
      let rig = try await Rig.running(with: .scripted)
      let relay = try await relay(of: rig, "sent_copy = \"append\"", imap: "\(Ports.unused())")
      _ = try await connect(relay, to: rig)
      try await relay.start()
      try await send(2, through: relay)
      let dropped = try await relay.letterhead("sent", "drop", "1").wentWell()
      #expect(dropped.output == "1 copy dropped.\n")
      let again = try await relay.letterhead("sent", "drop", "1")
      #expect(again.status == 1 && again.errors.contains("letterhead trace"), "\(again)")
      let trace = try await relay.letterhead("trace", "1").wentWell()
      #expect(trace.output.contains("delivered") && trace.output.contains("not filed: dropped by"), "\(trace)")
      let refused = try await relay.letterhead("queue", "retry", "2")
      #expect(refused.status == 1 && refused.errors.contains("letterhead sent retry"), "\(refused)")
    }
  }
}
