// Each rule of Examples/prometheus, in a real Prometheus, opposite a relay that is brought into the state it is for and out of
// it again. Hours are seconds here; nothing else of the rules is changed.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The alert rules` {
    private static let file = "\(Checkout.path)/Examples/prometheus/letterhead.rules.yml"

    /// In place of a span or a number of the rules, one that a test can wait for.
    private static let inHaste = [
      ("for: 1m", "for: 1s"), ("for: 2m", "for: 1s"), ("for: 10m", "for: 1s"), ("> 60 or", "> 10 or"),
      ("> 1800", "> 3"), ("[1h]", "[20s]"), ("[1d]", "[10s]"), ("[7d] offset 1d", "[40s] offset 10s"), ("> 50", "> 3"),
    ]

    private static func hastyRules() throws -> String {
      try inHaste.reduce(try String(contentsOfFile: file, encoding: .utf8)) { rules, change in
        guard rules.contains(change.0) else { throw Failure("\(change.0) is not in \(file): change the test with it") }
        return rules.replacing(change.0, with: change.1)
      }
    }

    private func watching(_ relay: Relay) async throws -> PrometheusServer {
      try await PrometheusServer(watching: relay, rules: Self.hastyRules())
    }

    /// A relay with a sandbox for a provider.
    private func sandboxRelay(_ more: String = "", limits: String = "") async throws -> Relay {
      let relay = try Relay(entities: "[entity.acme]\ndefault = true\n\(more)", limits: limits)
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      return relay
    }

    private func reload(_ relay: Relay, replacing old: String, with new: String) async throws {
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try await relay.reload(text.replacing(old, with: new))
    }

    private func fires(_ alert: String, in prometheus: PrometheusServer) async throws {
      try await eventually("\(alert) fires") { try await prometheus.firing().contains(alert) }
    }

    private func stops(_ alert: String, in prometheus: PrometheusServer) async throws {
      try await eventually("\(alert) stops") { try await !prometheus.firing().contains(alert) }
    }

    @Test func `are rules, as promtool says`() async throws {
      try await run("promtool", ["check", "rules", Self.file]).wentWell()
    }

    @Test func `LetterheadFlag, while a password is refused`() async throws {
      let rig = try await Rig.running
      let address = freshAddress()
      let relay = try await connectedRelay(of: rig, as: address)
      let prometheus = try await watching(relay)
      #expect(try await prometheus.firing().isEmpty)
      try await rig.setPassword(of: address, to: "geheim-2")
      try await relay.send(to: "ada@\(freshDomain())")
      try await fires("LetterheadFlag", in: prometheus)
      #expect(try relay.metric("letterhead_error_info{entity=\"acme\",class=\"auth\"}") == 1)
      try await rig.setPassword(of: address, to: "geheim-1")
      try await relay.letterhead("test", "acme").wentWell()
      try await stops("LetterheadFlag", in: prometheus)
      #expect(try relay.metric("letterhead_error_info{entity=\"acme\",class=\"auth\"}") == nil)
    }

    @Test func `LetterheadSilent, while no relay runs`() async throws {
      let relay = try await sandboxRelay()
      let prometheus = try await watching(relay)
      try await relay.kill()
      try await fires("LetterheadSilent", in: prometheus)
      try await relay.start()
      try await stops("LetterheadSilent", in: prometheus)
      try await relay.end()
      try FileManager.default.removeItem(atPath: relay.directory.path("metrics.prom"))
      try await fires("LetterheadSilent", in: prometheus)
    }

    @Test func `LetterheadOldMail, while mail of a connected mailbox waits`() async throws {
      let rig = try await Rig.running
      let relay = try await connectedRelay(of: rig, as: freshAddress())
      let prometheus = try await watching(relay)
      try await relay.send(to: "defer450@\(freshDomain())")
      try await fires("LetterheadOldMail", in: prometheus)
      #expect(try relay.metric("letterhead_queue_messages{entity=\"acme\",state=\"deferred\"}") == 1)
      try await relay.letterhead("queue", "delete", "--all", "--yes").wentWell()
      try await stops("LetterheadOldMail", in: prometheus)
    }

    @Test func `LetterheadFailing, after messages were given up`() async throws {
      let rig = try await Rig.running
      let relay = try await connectedRelay(of: rig, as: freshAddress())
      let prometheus = try await watching(relay)
      for _ in 0..<10 { try await relay.send(to: "reject550@there.test") }
      try await fires("LetterheadFailing", in: prometheus)
      try await stops("LetterheadFailing", in: prometheus)
      #expect(try relay.entity().queue.failed == 10)
    }

    @Test func `LetterheadExpiry, before a secret ends`() async throws {
      let rig = try await Rig.running(with: .toolkit)
      let address = freshAddress()
      let soon = (Date() + 5 * 86_400).ISO8601Format().prefix(10)
      let relay = try Relay(
        entities: rig.corp(
          client: "letterhead-daemon", oauth: "client_secret_file = \"secret\"\nsecret_expires = \(soon)"))
      try relay.directory.write(rig["TOOLKIT_SECRET"] + "\n", to: "secret")
      try await relay.letterhead(
        "connect", "acme", "--provider", "corp", "--address", address, "--ca-file", rig.certificateAuthority,
        "--app-only"
      ).wentWell()
      try await relay.start()
      let prometheus = try await watching(relay)
      try await fires("LetterheadExpiry", in: prometheus)
      try await relay.send(to: "ada@\(freshDomain())")
      try await eventually("a token was asked for") {
        try relay.metric("letterhead_token_refreshes_total{entity=\"acme\",result=\"ok\"}") == 1
      }
      try await reload(
        relay, replacing: "secret_expires = \(soon)",
        with: "secret_expires = \((Date() + 90 * 86_400).ISO8601Format().prefix(10))")
      try await stops("LetterheadExpiry", in: prometheus)
    }

    @Test func `LetterheadDayQuota, when nine tenths of the recipients of a day are used`() async throws {
      let relay = try await sandboxRelay("[entity.acme.limits]\nrecipients_per_day = 10")
      let prometheus = try await watching(relay)
      for number in 0..<10 { try await relay.send(to: "n\(number)@there.test") }
      try await fires("LetterheadDayQuota", in: prometheus)
      try await reload(relay, replacing: "recipients_per_day = 10", with: "recipients_per_day = 100")
      try await stops("LetterheadDayQuota", in: prometheus)
    }

    @Test func `LetterheadDisk, near queue_min_free`() async throws {
      let relay = try await sandboxRelay(limits: "queue_min_free = \"1M\"")
      let prometheus = try await watching(relay)
      let free = try #require(try relay.metric("letterhead_disk_free_bytes"))
      try await reload(
        relay, replacing: "queue_min_free = \"1M\"", with: "queue_min_free = \"\(Int(free * 0.75) >> 20)M\"")
      try await fires("LetterheadDisk", in: prometheus)
      #expect(try relay.status().state == "ok")
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try await relay.reload(text.replacing(#/queue_min_free = "\d+M"/#, with: "queue_min_free = \"1M\""))
      try await stops("LetterheadDisk", in: prometheus)
    }

    @Test func `LetterheadNoMail, when an app sends no more`() async throws {
      let relay = try await sandboxRelay()
      let prometheus = try await watching(relay)
      for number in 0..<10 { try await relay.send(to: "n\(number)@there.test") }
      try await fires("LetterheadNoMail", in: prometheus)
      try await relay.send(to: "once@there.test")
      try await stops("LetterheadNoMail", in: prometheus)
    }

    /// Asked as Grafana asks it, with its variables filled in.
    @Test func `have a dashboard beside them, each expression of which Prometheus answers`() async throws {
      let relay = try await sandboxRelay()
      let prometheus = try await PrometheusServer(watching: relay)
      for number in 0..<5 { try await relay.send(to: "n\(number)@there.test") }
      try await eventually("delivered and scraped") {
        try await !prometheus.query("letterhead_messages_delivered_total == 5").isEmpty
      }
      let data = try Data(contentsOf: URL(filePath: "\(Checkout.path)/Examples/grafana/letterhead.json"))
      let dashboard = try JSONDecoder().decode(Dashboard.self, from: data)
      #expect(dashboard.schemaVersion == 39 && dashboard.panels.count == 8)
      #expect(dashboard.templating.list.map(\.name) == ["datasource", "entity"])
      // What there is nothing of here: a limit, an expiry, a message that waits.
      let empty = ["Oldest message", "Recipients of the day", "Sign-in expires"]
      for panel in dashboard.panels {
        for target in panel.targets {
          let expression = target.expr.replacing("$entity", with: ".*").replacing("$__rate_interval", with: "1m")
          let samples = try await prometheus.query(expression)
          #expect(samples.isEmpty == empty.contains(panel.title), "\(panel.title): \(samples)")
        }
      }
    }
  }
}

/// What of a dashboard's JSON is looked at.
private struct Dashboard: Decodable {
  struct Panel: Decodable {
    struct Target: Decodable { let expr: String }
    let title: String
    let targets: [Target]
  }
  struct Templating: Decodable {
    struct Variable: Decodable { let name: String }
    let list: [Variable]
  }
  let schemaVersion: Int
  let panels: [Panel]
  let templating: Templating
}
