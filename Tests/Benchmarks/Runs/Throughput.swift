// Messages a second and what they cost: by clients, by upstream, and on slow disks.

import Foundation

extension Bench {
  /// Load straight into the sink: what is faster than this cannot be seen.
  func measureCeiling() throws {
    let sink = try sink()
    defer { sink.stop() }
    for _ in 0..<plan.rounds {
      for cell in plan.cells {
        var load = Load(port: sink.port, clients: cell.clients, reconnects: cell.reconnects)
        load.seconds = plan.seconds / 2
        load.run = freshRun()
        sink.expect(load.run)
        let result = load.perform()
        waitFor(result.accepted, at: sink)
        let rate = Double(sink.count) / (sink.seen.last - result.begin).inSeconds
        report.add(rate, .messages, in: "ceiling of load and sink", row: cell.name, of: Report.direct)
        tell("ceiling, \(cell.name): \(Int(rate))/s")
      }
    }
  }

  func measureThroughput() throws {
    for round in 0..<plan.rounds {
      for (scene, security) in [("plain upstream", Sink.Security.none), ("TLS and AUTH upstream", .starttls)] {
        try compare(scene, sink(security), plan.cells, round: round)
      }
    }
  }

  func measureSlowDisks() throws {
    for round in 0..<plan.fewRounds {
      for delay in plan.syncDelays {
        try compare("each sync \(delay) ms longer", sink(), plan.slowCells, round: round, syncDelay: delay)
      }
    }
  }

  /// One round: fresh relays with empty queues, each cell on one after the other before the next cell begins. Who goes
  /// first changes by round and cell.
  private func compare(
    _ scene: String, _ sink: Sink, _ cells: [Plan.Cell], round: Int, syncDelay: Int = 0
  ) throws {
    defer { sink.stop() }
    guard hasTime(for: scene) else { return }
    let relays = try relays(surroundings(sink, syncDelay: syncDelay))
    defer { for relay in relays { relay.stop() } }
    for relay in relays {
      _ = try relay.startAndGreet()
      try warmUp(relay, sink, syncDelay: syncDelay)
    }
    for (index, cell) in cells.enumerated() {
      guard hasTime(for: "\(scene), \(cell.name)") else { return }
      var said: [String] = []
      for place in relays.indices {
        let relay = relays[(place + index + round) % relays.count]
        let load = Load(
          port: relay.port, clients: cell.clients, reconnects: cell.reconnects, seconds: plan.seconds)
        let outcome = offer(load, to: relay, arrivingAt: sink, "\(scene), \(cell.name)")
        record(outcome, relay, in: scene, cell)
        said.append("\(relay.name) \(Int(outcome.messagesPerSecond))/s")
      }
      tell("\(scene), \(cell.name): \(said.sorted().joined(separator: ", "))")
    }
  }

  /// Its processes are there and its sessions open before anything counts. Also shows that a slow disk is slow for it.
  func warmUp(_ relay: any Relay, _ sink: Sink, syncDelay: Int) throws {
    var load = Load(port: relay.port, clients: 1)
    load.messages = 20
    let outcome = offer(load, to: relay, arrivingAt: sink, "warming up")
    let median = outcome.load.mailTo250.quantile(0.5)
    guard outcome.arrivals.messages > 0 else {
      throw Failure("No message went through \(relay.name). Its log:\n\(relay.log.suffix(3000))")
    }
    if syncDelay > 0, !relay.tree.hasLoaded(places.shim) || median < Double(syncDelay) {
      throw Failure("\(relay.name) answers after \(median) ms: the slow disk does not reach it, or it does not sync.")
    }
  }
}
