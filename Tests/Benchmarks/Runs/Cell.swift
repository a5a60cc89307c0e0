// One cell: load on one relay, until its last message has arrived at the sink.

import Foundation

extension Bench {
  struct Outcome {
    var load: LoadResult
    var arrivals: Arrivals
    /// Of the relay, from the first connect until shortly after the last arrival.
    var processorSeconds: Double

    /// A message.
    var processorMilliseconds: Double { processorSeconds * 1000 / Double(max(1, arrivals.messages)) }

    var messagesPerSecond: Double {
      arrivals.messages == 0 ? 0 : Double(arrivals.messages) / (arrivals.last - load.begin).inSeconds
    }
  }

  /// How long a relay may let nothing arrive before what is missing is written off.
  private static let patience = 20.0

  func offer(_ load: Load, to relay: any Relay, arrivingAt sink: Sink, _ what: String) -> Outcome {
    var load = load
    load.port = relay.port
    load.run = freshRun()
    sink.expect(load.run)
    return watchingOthers(relay.tree) {
      let before = relay.tree.processorSeconds
      let result = load.perform()
      waitFor(result.accepted, at: sink)
      // What it does to be done with the last message belongs to its cost.
      usleep(100_000)
      let outcome = Outcome(
        load: result, arrivals: sink.seen, processorSeconds: relay.tree.processorSeconds - before)
      noteFaults(outcome, relay, what)
      return outcome
    }
  }

  /// Waits until so many have arrived, or none has for a while.
  func waitFor(_ count: Int, at sink: Sink) {
    var (seen, since) = (sink.count, now())
    while seen < count, (now() - since).inSeconds < Self.patience {
      usleep(2_000)
      let next = sink.count
      if next != seen { (seen, since) = (next, now()) }
    }
  }

  func noteFaults(_ outcome: Outcome, _ relay: any Relay, _ what: String) {
    let (load, arrivals) = (outcome.load, outcome.arrivals)
    let faults = [
      (load.accepted - arrivals.messages, "accepted and not arrived"), (arrivals.duplicates, "arrived twice"),
      (arrivals.short, "cut short"), (load.refused, "refused"), (load.broken, "connections broken"),
    ]
    for (count, fault) in faults where count > 0 {
      report.note("\(relay.name), \(what): \(count) \(fault), of \(load.begun) sent.")
    }
  }

  /// Puts a cell's figures into the report.
  func record(_ outcome: Outcome, _ relay: any Relay, in scene: String, _ cell: Plan.Cell) {
    func add(_ value: Double, _ metric: Metric) {
      report.add(value, metric, in: scene, row: cell.name, of: relay.name)
    }
    let (load, arrivals) = (outcome.load, outcome.arrivals)
    add(outcome.messagesPerSecond, .messages)
    add(load.acceptedPerSecond, .accepted)
    add(outcome.processorMilliseconds, .processor)
    if cell.reconnects {
      add(load.connectTo250.quantile(0.5), .connectMedian)
      add(load.connectTo250.quantile(0.99), .connectTail)
    }
    add(load.mailTo250.quantile(0.5), .mailMedian)
    add(load.mailTo250.quantile(0.99), .mailTail)
    add(load.mailTo250.quantile(1), .mailWorst)
    add(arrivals.mailToArrival.quantile(0.5), .arrivalMedian)
    add(arrivals.mailToArrival.quantile(0.99), .arrivalTail)
    add(Double(arrivals.connections), .connections)
  }
}
