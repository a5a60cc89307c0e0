// The provider is down, mail queues; a restart with that queue; the provider comes back.

import Foundation

extension Bench {
  func measureQueue() throws {
    guard hasTime(for: "queues") else { return }
    try queue(plan.queued, octets: 4096, in: try sink()) { try letterhead($0) }
    if plan.rivalQueued > 0, hasTime(for: "the queue of Postfix") {
      try queue(plan.rivalQueued, octets: 4096, in: try sink()) { try rival(.tuned, $0) }
    }
    if plan.longQueue > 0, hasTime(for: "a queue of \(plan.longQueue)") {
      try queue(plan.longQueue, octets: 1024, in: try sink(), drains: false) { try letterhead($0) }
    }
  }

  private func queue(
    _ count: Int, octets: Int, in sink: Sink, drains: Bool = true, _ make: (Surroundings) throws -> any Relay
  ) throws {
    defer { sink.stop() }
    let relay = try make(surroundings(sink))
    defer { relay.stop() }
    _ = try relay.startAndGreet()
    let row = "\(count) queued"
    let load = watchingOthers(relay.tree) { fill(relay, count, octets: octets, sink, row) }
    relay.stop()
    let start = try relay.startAndGreet()
    report.add(start * 1000, .startUp, in: "start-up", row: row, of: relay.name)
    usleep(500_000)
    report.add(relay.tree.residentMiB, .memory, in: "queue", row: "\(row), after a restart", of: relay.name)
    tell("\(relay.name) starts with \(row) in \(Int(start * 1000)) ms")
    if drains { try watchingOthers(relay.tree) { try drain(relay, load, sink, row) } }
  }

  private func fill(_ relay: any Relay, _ count: Int, octets: Int, _ sink: Sink, _ row: String) -> LoadResult {
    sink.stop()
    var load = Load(port: relay.port, clients: 50, octets: octets)
    load.messages = count
    load.giveUpAfter = 900
    load.run = freshRun()
    sink.expect(load.run)
    let before = relay.tree.residentMiB
    let peak = PeakMemory(of: relay.tree)
    let result = load.perform()
    report.add(before, .memory, in: "queue", row: "\(row), before", of: relay.name)
    report.add(peak.end(), .memory, in: "queue", row: "\(row), the most while accepting", of: relay.name)
    report.add(result.acceptedPerSecond, .accepted, in: "provider down", row: row, of: relay.name)
    report.add(result.mailTo250.quantile(0.99), .mailTail, in: "provider down", row: row, of: relay.name)
    tell("\(relay.name), provider down: \(result.accepted) accepted, \(Int(result.acceptedPerSecond))/s")
    return result
  }

  private func drain(_ relay: any Relay, _ load: LoadResult, _ sink: Sink, _ row: String) throws {
    let peak = PeakMemory(of: relay.tree)
    let begin = now()
    let before = relay.tree.processorSeconds
    try sink.start()
    try relay.flush()
    // Longer than any pause between two probes.
    let limit = begin + UInt64.seconds(90)
    while sink.count == 0, now() < limit { usleep(2_000) }
    waitFor(load.accepted, at: sink)
    let seen = sink.seen
    let processor = relay.tree.processorSeconds - before
    noteFaults(Outcome(load: load, arrivals: seen, processorSeconds: processor), relay, row)
    let most = peak.end()
    guard seen.messages > 0 else { return }
    let noticed = (seen.first - begin).inSeconds
    report.add(noticed, .drain, in: "provider back", row: "\(row), the first", of: relay.name)
    report.add((seen.last - begin).inSeconds, .drain, in: "provider back", row: row, of: relay.name)
    report.add(processor * 1000 / Double(seen.messages), .processor, in: "provider back", row: row, of: relay.name)
    report.add(most, .memory, in: "queue", row: "\(row), the most while draining", of: relay.name)
    tell("\(relay.name), provider back: \(seen.messages) arrived in \((seen.last - begin).inSeconds) s")
  }
}
