// Start-up, idle memory, idle connections, large messages.

import Foundation

extension Bench {
  func measureStartUpAndMemory() throws {
    let sink = try sink()
    defer { sink.stop() }
    for _ in 0..<plan.fewRounds {
      guard hasTime(for: "start-up and idle memory") else { return }
      for relay in try [letterhead(surroundings(sink)), rival(.tuned, surroundings(sink))] {
        defer { relay.stop() }
        let seconds = try relay.startAndGreet()
        report.add(seconds * 1000, .startUp, in: "start-up", row: "empty queue", of: relay.name)
        usleep(500_000)
        let idle = relay.tree.residentMiB
        report.add(idle, .memory, in: "idle", row: "no connection", of: relay.name)
        tell("\(relay.name) starts in \(Int(seconds * 1000)) ms, idle \(String(format: "%.1f", idle)) MiB")
        for count in plan.idle { try hold(count, relay, idle: idle) }
      }
      try holdSecured(sink)
    }
  }

  private func holdSecured(_ sink: Sink) throws {
    var surroundings = surroundings(sink)
    surroundings.listensAs = (places.certificates + "/good.pem", places.certificates + "/good.key")
    for count in plan.idle {
      guard hasTime(for: "\(count) idle TLS connections") else { return }
      for relay in try letterheads(surroundings) { try holdSecured(count, relay) }
    }
  }

  private func holdSecured(_ count: Int, _ relay: LetterheadRelay) throws {
    defer { relay.stop() }
    _ = try relay.startAndGreet()
    // The first of all pays for what all share.
    IdleTLSClients(1, port: relay.securePort, seconds: 5).close()
    usleep(500_000)
    let idle = relay.tree.residentMiB
    let clients = IdleTLSClients(count, port: relay.securePort, seconds: 90)
    defer { clients.close() }
    record("\(count) idle TLS connections", served: clients.served, relay, idle: idle)
  }

  private func hold(_ count: Int, _ relay: any Relay, idle: Double) throws {
    // Postfix serves as many as it has processes; more of them that wait would show nothing new.
    guard relay is LetterheadRelay || count <= 1_000 else { return }
    let clients = IdleClients(count, port: relay.port, seconds: relay is LetterheadRelay ? 20 : 6)
    defer { clients.close() }
    record("\(count) idle connections", served: clients.served, relay, idle: idle)
  }

  private func record(_ row: String, served: Int, _ relay: any Relay, idle: Double) {
    let memory = relay.tree.residentMiB
    report.add(memory, .memory, in: "idle", row: row, of: relay.name)
    report.add(Double(served), .served, in: "idle", row: row, of: relay.name)
    let each = (memory - idle) * 1024 / Double(max(1, served))
    report.add(each, .perConnection, in: "idle", row: row, of: relay.name)
    tell("\(relay.name), \(row): \(served) served, \(String(format: "%.1f", each)) KiB each")
  }

  func measureLargeMessages() throws {
    let sink = try sink()
    defer { sink.stop() }
    for _ in 0..<plan.fewRounds {
      for clients in plan.largeClients {
        guard hasTime(for: "25 MiB messages") else { return }
        for relay in try [letterhead(surroundings(sink)), rival(.tuned, surroundings(sink))] {
          try sendLarge(clients, to: relay, arrivingAt: sink)
        }
      }
    }
  }

  private func sendLarge(_ clients: Int, to relay: any Relay, arrivingAt sink: Sink) throws {
    defer { relay.stop() }
    _ = try relay.startAndGreet()
    var load = Load(port: relay.port, clients: clients, octets: 25 << 20)
    load.messages = max(clients, plan.largeMessages / (clients == 1 ? 5 : 1))
    load.giveUpAfter = 240
    let (scene, row) = ("25 MiB messages", clients == 1 ? "1 client" : "\(clients) clients")
    let peak = PeakMemory(of: relay.tree)
    let outcome = offer(load, to: relay, arrivingAt: sink, "\(scene), \(row)")
    report.add(peak.end(), .memory, in: scene, row: "\(row), the most", of: relay.name)
    let rate = outcome.messagesPerSecond * 25
    report.add(rate, .octets, in: scene, row: row, of: relay.name)
    tell("\(scene), \(row): \(relay.name) \(Int(rate)) MiB/s")
  }
}
