// A provider that is far away: what round trips cost, on one session and on three.

import Foundation

extension Bench {
  /// The rate while there is always something to send: arrivals in a window, the first not counted.
  func measureDistance() throws {
    for _ in 0..<plan.fewRounds {
      for (milliseconds, sessions) in plan.distances {
        guard hasTime(for: "provider \(milliseconds) ms away") else { return }
        try compare(milliseconds: milliseconds, sessions: sessions)
      }
    }
  }

  private func compare(milliseconds: Int, sessions: Int) throws {
    let sink = try sink()
    let proxy = try DelayProxy(to: sink.port, oneWay: Double(milliseconds) / 1000)
    defer {
      proxy.stop()
      sink.stop()
    }
    let there = surroundings(sink, port: proxy.port, sessions: sessions)
    let scene = "provider \(milliseconds) ms away, each way"
    let row = sessions == 1 ? "1 session allowed" : "\(sessions) sessions allowed"
    for relay in try [letterhead(there), rival(.tuned, there)] {
      let rate = try rate(of: relay, at: sink, round: Double(milliseconds) / 500)
      report.add(rate.messages, .messages, in: scene, row: row, of: relay.name)
      report.add(Double(rate.sessions), .sessions, in: scene, row: row, of: relay.name)
      tell("\(scene), \(row): \(relay.name) \(String(format: "%.1f", rate.messages))/s, \(rate.sessions) seen")
    }
  }

  private func rate(
    of relay: any Relay, at sink: Sink, round: Double
  ) throws -> (messages: Double, sessions: Int) {
    defer { relay.stop() }
    _ = try relay.startAndGreet()
    // More than any can send in the window.
    var load = Load(port: relay.port, clients: 20)
    load.messages = relay is LetterheadRelay ? 20_000 : 2_000
    load.seconds = plan.distanceSeconds / 2
    load.run = freshRun()
    sink.expect(load.run)
    let result = load.perform()
    let opened = now()
    while sink.count == 0, (now() - opened).inSeconds < 10 + 10 * round { usleep(1_000) }
    let first = sink.seen.first
    while sink.count < result.accepted, (now() - first).inSeconds < plan.distanceSeconds { usleep(5_000) }
    let seen = sink.seen
    guard seen.messages > 1 else { return (0, seen.openAtOnce) }
    return (Double(seen.messages - 1) / (seen.last - seen.first).inSeconds, seen.openAtOnce)
  }
}
