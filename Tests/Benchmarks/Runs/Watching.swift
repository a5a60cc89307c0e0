// What it costs that history is kept, and that monitoring reads the metrics: the same load on two relays, one without history;
// on the other also with a thousand scrapes meanwhile.

import Foundation
import Synchronization

extension Bench {
  private enum Watch: String, CaseIterable {
    case nothing = "no history, no scrape"
    case history = "history"
    case scrapes = "history and 1,000 scrapes"

    /// What it is compared with: that without what it is to cost.
    var reference: Watch? {
      switch self {
      case .nothing: nil
      case .history: .nothing
      case .scrapes: .history
      }
    }
  }

  func measureWatching() throws {
    let scene = "history kept, metrics read"
    let sink = try sink()
    defer { sink.stop() }
    var surroundings = surroundings(sink)
    let keeping = try letterhead(surroundings)
    surroundings.configured = "history = \"none\""
    let forgetting = try letterhead(surroundings)
    defer { for relay in [keeping, forgetting] { relay.stop() } }
    for relay in [keeping, forgetting] {
      _ = try relay.startAndGreet()
      try warmUp(relay, sink, syncDelay: 0)
    }
    var outcomes: [Watch: [Outcome]] = [:]
    for round in 0..<plan.rounds * 3 {
      guard hasTime(for: scene) else { return }
      let cell = Plan.Cell(clients: 50, reconnects: false)
      let load = Load(port: 0, clients: cell.clients, reconnects: cell.reconnects, seconds: plan.seconds)
      // Who goes first changes.
      for offset in 0..<Watch.allCases.count {
        let watch = Watch.allCases[(round + offset) % Watch.allCases.count]
        let relay = watch == .nothing ? forgetting : keeping
        let scraper = watch == .scrapes ? Scraper(relay.metricsFile, scrapes: 1000, within: plan.seconds) : nil
        let outcome = offer(load, to: relay, arrivingAt: sink, scene)
        let scrapes = scraper?.end() ?? 0
        outcomes[watch, default: []].append(outcome)
        report.add(outcome.messagesPerSecond, .messages, in: scene, row: watch.rawValue, of: relay.name)
        report.add(outcome.processorMilliseconds, .processor, in: scene, row: watch.rawValue, of: relay.name)
        tell("\(watch.rawValue): \(Int(outcome.messagesPerSecond))/s with \(scrapes) scrapes")
      }
    }
    for watch in Watch.allCases { note(watch, outcomes) }
  }

  /// The median of the rounds' ratios: what else the machine does in a round weighs on both of its sides.
  private func note(_ watch: Watch, _ outcomes: [Watch: [Outcome]]) {
    guard let reference = watch.reference else { return }
    let pairs = zip(outcomes[watch] ?? [], outcomes[reference] ?? [])
    let speed = pairs.map { $0.messagesPerSecond / $1.messagesPerSecond }.median
    let processor = pairs.map { $0.processorMilliseconds / $1.processorMilliseconds }.median
    report.note(
      String(
        format: "%@ beside %@, median of the rounds: %.3f of the messages/s, %.3f of the processor time a message.",
        watch.rawValue, reference.rawValue, speed, processor))
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
