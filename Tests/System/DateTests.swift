// Every form in which the program writes or reads a date, by the program itself: the release binary has no data about
// calendars, languages and time zones. LETTERHEAD=.build/release/letterhead runs these tests with it.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Dates and times` {
    @Test func `are written by the second, and in the log by the millisecond, in universal time`() async throws {
      let relay = try Relay()
      let begun = Date() - 1
      try await relay.start()
      try await relay.send(to: "ada@x.test")
      try await eventually("one is held") { try relay.entity().queue.held == 1 }
      let file = try String(contentsOfFile: relay.statusFile, encoding: .utf8)
      let queue = try await relay.letterhead("queue").wentWell().output
      let id = try #require(queue.firstMatch(of: /\b\d+\b/)).output
      let message = try await relay.letterhead("queue", "show", String(id)).wentWell().output
      _ = try await relay.end()
      let stopped = try await relay.letterhead("status")
      #expect(stopped.status == 3)
      let second = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/
      for text in [file, queue, message, "\(stopped)"] {
        let found = try #require(text.firstMatch(of: second), "no date in: \(text)")
        let date = try Date(String(found.output), strategy: .iso8601)
        #expect((begun...Date() + 1).contains(date), "\(date) in: \(text)")
      }
      #expect(relay.log.firstMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(relay.log)")
    }

    @Test func `of the configuration are days`() async throws {
      let directory = try TemporaryDirectory()
      for (day, status) in [("2028-02-29", 0), ("2027-02-29", 1), ("2027-13-01", 1), ("\"2027-03-01\"", 1)] {
        let text = """
          [[listener]]
          address = "127.0.0.1:2525"
          [entity.acme]
          [oauth.microsoft]
          secret_expires = \(day)
          """
        let file = try directory.write(text, to: "letterhead.toml")
        let checked = try await run(Relay.binary, ["check", "--config", file])
        #expect(checked.status == status, "\(day): \(checked)")
      }
    }

    @Test func `of Google's day are those of the Pacific coast`() async throws {
      let midnight = try await run("env", ["TZ=America/Los_Angeles", "date", "-d", "tomorrow 00:00", "+%s"]).wentWell()
      let said = try await run(
        Relay.binary, ["explain", "550 5.4.5 Daily user sending limit exceeded", "--provider", "google"]
      ).wentWell().output
      let end = try #require(Double(midnight.output.dropLast()))
      let minutes = (end - Date().timeIntervalSince1970) / 60
      let told = try #require(said.firstMatch(of: /rest for (\d+) minutes/)?.output.1, "\(said)")
      // A limit that is met in the day's first two hours is of the day before.
      let wanted = minutes > 22 * 60 ? [60, minutes] : [minutes]
      #expect(wanted.contains { abs($0 - (Double(told) ?? 0)) <= 2 }, "\(minutes) to midnight: \(said)")
    }
  }
}
