// What it costs that monitoring reads the metrics: the same load, with a thousand scrapes meanwhile and without.

import Foundation
import Synchronization

extension Bench {
  func measureScrapes() throws {
    let scene = "metrics read by monitoring meanwhile"
    let cell = Plan.Cell(clients: 50, reconnects: false)
    let sink = try sink()
    defer { sink.stop() }
    let relay = try letterhead(surroundings(sink))
    defer { relay.stop() }
    _ = try relay.startAndGreet()
    try warmUp(relay, sink, syncDelay: 0)
    for round in 0..<plan.rounds * 2 {
      guard hasTime(for: scene) else { return }
      let load = Load(port: relay.port, clients: cell.clients, reconnects: cell.reconnects, seconds: plan.seconds)
      // Who goes first changes.
      for isScraped in round.isMultiple(of: 2) ? [false, true] : [true, false] {
        let scraper = isScraped ? Scraper(relay.metricsFile, scrapes: 1000, within: plan.seconds) : nil
        let outcome = offer(load, to: relay, arrivingAt: sink, scene)
        let scrapes = scraper?.end() ?? 0
        report.add(
          outcome.messagesPerSecond, .messages, in: scene, row: isScraped ? "1,000 scrapes" : "no scrape",
          of: relay.name)
        tell("\(scene): \(Int(outcome.messagesPerSecond))/s with \(scrapes) scrapes")
      }
    }
  }
}

/// Reads a file evenly many times, on a thread of its own.
private final class Scraper: Sendable {
  private let isOver = Atomic(false)
  private let count = Atomic(0)

  init(_ file: String, scrapes: Int, within seconds: Double) {
    let pause = useconds_t(seconds * 1e6 / Double(scrapes))
    Thread.detachNewThread { [self] in
      while !isOver.load(ordering: .relaxed), count.load(ordering: .relaxed) < scrapes {
        if FileManager.default.contents(atPath: file)?.isEmpty == false { count.add(1, ordering: .relaxed) }
        usleep(pause)
      }
    }
  }

  /// - Returns: how many scrapes there were.
  func end() -> Int {
    isOver.store(true, ordering: .relaxed)
    return count.load(ordering: .relaxed)
  }
}
