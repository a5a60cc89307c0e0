// How much an app may send: beyond its limits, the same twice, and the same again and again.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `An app that sends too much` {
    private static let apps = """
      [entity.acme]
      default = true
      [app.web]
      match = ["user:www-data"]
      [app.web.limits]
      messages_per_minute = 2
      [app.batch]
      match = ["user:daemon"]
      [app.batch.limits]
      messages_per_day = 2
      beyond = "hold"
      [app.shop]
      match = ["user:games"]
      dedupe = "10m"
      [app.monitor]
      match = ["user:man"]
      storm_guard = 2
      """

    private func startedRelay(hearing file: String = "/dev/null") async throws -> Relay {
      let relay = try Relay(entities: Self.apps, more: "[alert]\ncommand = \"cat >> \(file)\"")
      try await relay.letterhead("connect", "acme", "--provider", "sandbox").wentWell()
      try await relay.start()
      return relay
    }

    @Test func `is told to try again after its messages of this minute`() async throws {
      let relay = try await startedRelay()
      let client = relay.client("www-data")
      for _ in 1...2 { #expect(try await client.send(to: "c@d.test").hasPrefix("250")) }
      #expect(try await client.send(to: "c@d.test") == "451 4.7.1 web has sent its 2 messages this minute")
      #expect(try await relay.client("root").send(to: "c@d.test").hasPrefix("250"), "it is not another app's affair")
      let shown = try await relay.json("app", "show", "web", as: [String: Any].self)
      let activity = try #require(shown["activity"] as? [String: Any])
      #expect(activity["messages"] as? Int == 2 && activity["refused"] as? Int == 1, "\(activity)")
    }

    @Test func `has the rest of its day held, told once, until somebody releases it; also after a restart`()
      async throws
    {
      let directory = try TemporaryDirectory()
      let relay = try await startedRelay(hearing: directory.path("alerts"))
      let client = relay.client("daemon")
      for number in 1...4 { #expect(try await client.send(to: "n\(number)@d.test").hasPrefix("250")) }
      _ = try await relay.sandboxed(2)
      try await eventually("the problem is told") { try relay.status().problems.map(\.class) == ["app"] }
      let status = try await relay.letterhead("status")
      #expect(status.output.contains("batch has sent its 2 messages in 24 hours"), "\(status)")
      let shown = try await relay.letterhead("queue", "show", "3").wentWell()
      #expect(shown.output.contains(": held") && shown.output.contains("batch has sent its 2 messages"), "\(shown)")
      try await relay.letterhead("queue", "release", "3").wentWell()
      #expect(try await relay.sandboxed(3).last?.contains("n3@d.test") == true)

      try await relay.end()
      try await relay.start()
      #expect(try await client.send(to: "n5@d.test").hasPrefix("250"))
      #expect(try await relay.json("queue").map { $0["state"] as? String } == ["held", "held"])
      #expect(relay.sandboxed.count == 3)
      try await eventually("the problem is told") { try relay.status().problems.map(\.class) == ["app"] }
      let alerts = try String(contentsOfFile: directory.path("alerts"), encoding: .utf8).split(separator: "\n")
      #expect(alerts.count == 1 && alerts[0].contains("\"raised\""), "\(alerts)")
    }

    @Test func `has a message that it repeats dropped, and answered like the first`() async throws {
      let relay = try await startedRelay()
      let client = relay.client("games")
      let header = ["Message-ID: <1@shop.test>", "Subject: Order"]
      #expect(try await client.send(to: "c@d.test", header: header).hasPrefix("250 2.0.0 Queued"))
      let second = try await client.send(to: "c@D.test", header: header)
      #expect(second.hasPrefix("250") && second.contains("dropped"), "\(second)")
      #expect(try await client.send(to: "other@d.test", header: header).hasPrefix("250 2.0.0 Queued"))
      #expect(try await relay.sandboxed(2).count == 2)
      #expect(try await relay.letterhead("app", "show", "shop").output.contains(/duplicates: +1\n/))
      #expect(
        relay.log.split(separator: "\n").contains { $0.contains("app=shop") && $0.contains("event=duplicate") })
    }

    @Test func `of one kind has its mail held, and is told once`() async throws {
      let directory = try TemporaryDirectory()
      let relay = try await startedRelay(hearing: directory.path("alerts"))
      let client = relay.client("man")
      for number in 1...4 {
        #expect(try await client.send(to: "c@d.test", header: ["Subject: Job \(number) failed"]).hasPrefix("250"))
      }
      #expect(try await client.send(to: "c@d.test", header: ["Subject: Disk is full"]).hasPrefix("250"))
      _ = try await relay.sandboxed(3)
      let queue = try await relay.json("queue")
      #expect(queue.map { $0["id"] as? Int } == [3, 4])
      let reasons = queue.compactMap { $0["held_because"] as? String }
      #expect(reasons.allSatisfy { $0.hasPrefix("monitor sent more than 2 messages alike") }, "\(reasons)")
      try await eventually("an alert") {
        (try? String(contentsOfFile: directory.path("alerts"), encoding: .utf8)) != nil
      }
      let alerts = try String(contentsOfFile: directory.path("alerts"), encoding: .utf8).split(separator: "\n")
      #expect(alerts.count == 1 && alerts[0].contains("monitor sent more than 2"), "\(alerts)")
    }
  }
}
