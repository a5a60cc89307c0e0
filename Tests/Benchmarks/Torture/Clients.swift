// Clients as no app should be; beside them one that does everything right and is served within a second.

import Foundation
import Glibc

extension Torture {
  func misbehaveAsClients() throws {
    let trial = try trial { $0.configuredLimits = "max_message_bytes = 10485760" }
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    let port = trial.relay.port
    let idle = trial.relay.tree.residentMiB
    let many = isQuick ? 4_000 : 10_000
    beside(trial, "\(many) connections") { _ in
      let clients = IdleClients(many, port: port, seconds: 30)
      defer { clients.close() }
      usleep(1_000_000)
      return (clients.served == many, "\(clients.served) served")
    }
    beside(trial, "an octet a second, at every phase") { _ in dripAtEveryPhase(port) }
    beside(trial, "half-open: FIN or RST at every phase") { _ in leaveAtEveryPhase(port) }
    beside(trial, "1,000 RCPT and one more") { _ in offerRecipients(port) }
    beside(trial, "a command line of 100 MB") { _ in sayLongLine(port) }
    beside(trial, "a message line of 100 MB") { _ in sendLongLine(port) }
    beside(trial, "10,000 header fields") { _ in sendFields(port) }
    beside(trial, "RST in mid-DATA, 500 times") { _ in
      for _ in 0..<500 { RawClient(port)?.leaveInTheMiddle() }
      return (true, "none of them arrives")
    }
    _ = trial.isEmpty(within: 20)
    usleep(1_000_000)
    let (descriptors, share) = (trial.descriptors, trial.idleShare())
    let strays = trial.sink.seen.strays
    // One with many recipients and one with many fields besides.
    let expected = trial.promised + 2
    let memory = trial.relay.tree.residentMiB
    find(
      "after all these clients",
      descriptors < 60 && share < 0.05 && strays == expected && Child.isAlive(trial.relay.pid),
      String(
        format: "%d descriptors, %.1f %% of a processor, %.0f MiB (%.0f before), %d arrived of %d", descriptors,
        share * 100, memory, idle, strays, expected))
  }

  /// Runs `body` beside a witness.
  private func beside(_ trial: Trial, _ name: String, _ body: (Trial) -> (Bool, String)) {
    let witness = Witness(trial.relay.port)
    let (isGood, text) = body(trial)
    let most = witness.end()
    trial.promised += witness.served
    find(name, isGood && most < mostSeconds, text + String(format: "; another client waited %.2f s at most", most))
  }

  private static let steps = [
    "EHLO slow.test\r\n", "MAIL FROM:<slow@app.test>\r\n", "RCPT TO:<ada@there.test>\r\n", "DATA\r\n",
    "Subject: slow\r\n\r\nslow",
  ]

  /// At each phase 40 clients that say one octet a second of what comes next.
  private func dripAtEveryPhase(_ port: UInt16) -> (Bool, String) {
    let clients = Self.steps.indices.flatMap { step in (0..<40).compactMap { _ in client(port, before: step) } }
    for second in 0..<(isQuick ? 3 : 20) {
      for (number, client) in clients.enumerated() {
        let text = Array(Self.steps[number / 40].utf8)
        client.say([text[second % max(1, text.count - 2)]])
      }
      usleep(1_000_000)
    }
    return (clients.count == 200, "\(clients.count) of them")
  }

  private func leaveAtEveryPhase(_ port: UInt16) -> (Bool, String) {
    var count = 0
    for step in Self.steps.indices {
      for number in 0..<40 {
        guard let client = client(port, before: step) else { continue }
        count += 1
        if number % 2 == 0 { client.reset() } else { shutdown(client.descriptor, Int32(SHUT_WR)) }
      }
    }
    return (count == 200, "\(count) of them")
  }

  /// Connected, and through all phases before `step`.
  private func client(_ port: UInt16, before step: Int) -> RawClient? {
    guard let client = RawClient(port), client.hear() == 220 else { return nil }
    for line in Self.steps[..<step] {
      client.say(line)
      guard (200..<400).contains(client.hear()) else { return nil }
    }
    return client
  }

  private func offerRecipients(_ port: UInt16) -> (Bool, String) {
    guard let client = client(port, before: 2) else { return (false, "no way in") }
    let codes = (0..<1001).flatMap { client.ask("RCPT TO:<r\($0)@there.test>") }
    let end = client.ask("DATA") + client.ask("Subject: to many\r\n\r\nhello\r\n.")
    let taken = codes.count { $0 == 250 }
    return (
      taken == 1000 && codes.last == 452 && end == [354, 250], "\(taken) taken, then \(codes.last ?? 0); then \(end)"
    )
  }

  private func sayLongLine(_ port: UInt16) -> (Bool, String) {
    guard let client = client(port, before: 0) else { return (false, "no way in") }
    let sent = pour(100, into: client)
    client.say("\r\n")
    let code = client.hear()
    return (!sent || code == 500 || code == 421, "\(sent ? "read to its end" : "hung up on"), answered \(code)")
  }

  private func sendLongLine(_ port: UInt16) -> (Bool, String) {
    guard let client = client(port, before: 3) else { return (false, "no way in") }
    guard client.ask("DATA") == [354] else { return (false, "no DATA") }
    client.say("Subject: long\r\n\r\n")
    let sent = pour(100, into: client)
    client.say("\r\n.\r\n")
    let code = client.hear()
    return (!sent || code == 552, "\(sent ? "read to its end" : "hung up on"), answered \(code) (10 MiB are allowed)")
  }

  private func pour(_ megabytes: Int, into client: RawClient) -> Bool {
    let piece = [UInt8](repeating: 0x61, count: 1_000_000)
    return (0..<megabytes).allSatisfy { _ in client.say(piece) }
  }

  private func sendFields(_ port: UInt16) -> (Bool, String) {
    guard let client = client(port, before: 3), client.ask("DATA") == [354] else { return (false, "no way in") }
    let fields = (0..<10_000).map { "X-Field-\($0): some value\r\n" }.joined()
    client.say(fields + "Subject: fields\r\n\r\nhello\r\n.\r\n")
    let code = client.hear()
    return (code == 250, "answered \(code)")
  }
}
