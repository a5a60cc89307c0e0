// The metrics file, read by the parsers of those who read it, and the probes.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The metrics` {
    private func sandboxRelay(limits: String = "") async throws -> Relay {
      let relay = try Relay(limits: limits)
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      return relay
    }

    private static let delivered = "letterhead_messages_delivered_total{entity=\"acme\"}"

    @Test func `are a page that promtool and the parser of OpenMetrics find right`() async throws {
      let relay = try await sandboxRelay()
      try await relay.send(to: "ada@there.test")
      try await eventually("delivered") { try relay.metric(Self.delivered) == 1 }
      let page = try await relay.letterhead("metrics").wentWell()
      let checked = try await run("promtool", ["check", "metrics"], input: page.output)
      #expect(checked.status == 0, "\(checked)")
      let open = try await relay.letterhead("metrics", "--openmetrics").wentWell()
      #expect(open.output.hasSuffix("\n# EOF\n"))
      let parser = """
        import sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        for family in text_string_to_metric_families(sys.stdin.read()): print(family.name, family.type)
        """
      let families = try await run("/usr/bin/python3", ["-c", parser], input: open.output).wentWell().output
      let types = Set(families.split(separator: "\n").map(String.init))
      #expect(
        types.isSuperset(of: [
          "letterhead_messages_delivered counter", "letterhead_delivery_delay_seconds histogram",
          "letterhead_error_flag gauge", "process_cpu_seconds counter",
        ]), "\(families)")
    }

    /// Series of counters and of histograms' buckets, sums and counts, with their values.
    private func counts(of relay: Relay) throws -> [String: Double] {
      let lines = try relay.metrics().split(separator: "\n").filter { !$0.hasPrefix("#") }
      let pairs = lines.compactMap { line -> (String, Double)? in
        guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
          return nil
        }
        let series = String(line[..<space])
        let name = series.prefix { $0 != "{" }
        return ["_total", "_bucket", "_sum", "_count"].contains { name.hasSuffix($0) } ? (series, value) : nil
      }
      return Dictionary(uniqueKeysWithValues: pairs)
    }

    @Test func `never go back but at a restart, and then the time of the start moves`() async throws {
      let relay = try await sandboxRelay()
      var before = try counts(of: relay)
      for number in 1...5 {
        try await relay.send(to: "n\(number)@there.test")
        try await eventually("delivered") { try relay.metric(Self.delivered) == Double(number) }
        let now = try counts(of: relay)
        for (series, value) in before { #expect(now[series].map { $0 >= value } == true, "\(series)") }
        before = now
      }
      #expect(before["letterhead_delivery_delay_seconds_count{entity=\"acme\"}"] == 5)
      #expect(before["letterhead_delivery_delay_seconds_bucket{entity=\"acme\",le=\"+Inf\"}"] == 5)
      #expect(before["letterhead_messages_accepted_total{entity=\"acme\",app=\"other\"}"] == 5)
      #expect(before["letterhead_recipients_delivered_total{entity=\"acme\"}"] == 5)
      #expect(before["letterhead_bytes_accepted_total{entity=\"acme\",app=\"other\"}"].map { $0 > 200 } == true)
      #expect(before["letterhead_spool_commit_seconds_count"].map { $0 >= 5 } == true)
      #expect(before["letterhead_upstream_sign_ins_total{entity=\"acme\",result=\"ok\"}"] == 1)
      #expect(try relay.entity().totals.delivered == 5)
      let start = try #require(try relay.metric("letterhead_start_time_seconds"))
      try await relay.end()
      try await relay.start()
      #expect(try relay.metric("letterhead_start_time_seconds").map { $0 > start } == true)
      #expect(try relay.metric(Self.delivered) == 0)
    }

    @Test func `count what is refused, by its listener and its reason`() async throws {
      let relay = try Relay(
        entities: "[entity.acme]\nsenders = [\"*@acme.example\"]", limits: "max_message_bytes = 1024")
      try await relay.start()
      try await ScriptedClient.play(
        """
        S: 220 *
        C: EHLO app.test
        S: 250-*
        S: 250-*
        S: 250-*
        S: 250-*
        S: 250-*
        S: 250-*
        S: 250 *
        C: MAIL FROM:<a@elsewhere.example>
        S: 250 *
        C: RCPT TO:<b@there.test>
        S: 250 *
        C: DATA
        S: 354 *
        C: (body)
        S: 550 5.7.1 *
        C: MAIL FROM:<a@acme.example> SIZE=9999
        S: 552 5.3.4 *
        C: NONSENSE
        S: 500 *
        C: QUIT
        S: 221 *
        """, to: relay.endpoint)
      let listener = "listener=\"127.0.0.1:\(relay.port)\""
      for (reason, count) in [("route", 1), ("size", 1), ("syntax", 1), ("policy", 0), ("disk", 0)] {
        try await eventually("\(reason) \(count)") {
          try relay.metric("letterhead_messages_refused_total{\(listener),reason=\"\(reason)\"}") == Double(count)
        }
      }
      try await eventually("nobody is connected") { try relay.metric("letterhead_connections{\(listener)}") == 0 }
    }

    @Test func `are printed with a word on standard error where no relay runs`() async throws {
      let relay = try await sandboxRelay()
      try await eventually("written") { try relay.metric("letterhead_ready") == 1 }
      try await relay.end()
      let old = try await relay.letterhead("metrics")
      #expect(old.status == 3 && old.output.contains("letterhead_build_info{"), "\(old)")
      #expect(old.errors.contains("The relay is not running: these figures are of 20"), "\(old)")
      try FileManager.default.removeItem(atPath: relay.directory.path("metrics.prom"))
      let none = try await relay.letterhead("metrics")
      #expect(none.status == 3 && none.output.isEmpty && none.errors.contains("there is no"), "\(none)")
    }

    // MARK: Probes

    @Test func `tell of a relay whose mailbox is broken that it is ready, and of one without disk that it is not`()
      async throws
    {
      let rig = try await Rig.running
      let address = freshAddress()
      let relay = try await connectedRelay(of: rig, as: address)
      func probe(_ word: String) async throws -> Int {
        let probed = try await relay.letterhead("status", word)
        #expect(probed.output.isEmpty && probed.errors.isEmpty, "\(probed)")
        return probed.status
      }
      try await rig.setPassword(of: address, to: "geheim-2")
      try await relay.send(to: "ada@\(freshDomain())")
      try await eventually("the flag is up") { try relay.status().errorFlag }
      #expect(try await probe("--ready") == 0)
      #expect(try await probe("--live") == 0)
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try await relay.reload(text.replacing("[limits]", with: "[limits]\nqueue_min_free = \"1000000G\""))
      try await eventually("not ready") { try await probe("--ready") == 1 }
      #expect(try await probe("--live") == 0)
      #expect(try relay.metric("letterhead_problem{class=\"disk\"}") == 1)
      try await relay.reload(text)
      try await eventually("ready again") { try await probe("--ready") == 0 }
      try await relay.kill()
      #expect(try await probe("--ready") == 1)
      #expect(try await probe("--live") == 1)
    }

    @Test func `have a status of one entity alone`() async throws {
      let relay = try Relay(entities: "[entity.acme]\ndefault = true\n[entity.blue]\nname = \"Blue\"")
      try await relay.start()
      let blue = try await relay.letterhead("status", "--json", "--entity", "blue").wentWell()
      let object = try JSONSerialization.jsonObject(with: Data(blue.output.utf8)) as? [String: Any]
      #expect((object?["entities"] as? [String: Any])?.keys.sorted() == ["blue"])
      let none = try await relay.letterhead("status", "--json", "--entity", "green")
      #expect(none.status == 3 && none.errors.contains("It has: acme, blue."), "\(none)")
    }
  }
}
