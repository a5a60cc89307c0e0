// A steady load for a long time, and every few seconds something goes wrong. Then: nothing lost, memory and descriptors
// as they were, no log storm.

import Foundation

extension Torture {
  private enum Mishap: String, CaseIterable {
    case providerAway, providerMisbehaves, diskFails, crowd, halfMessages, restart, kill
  }

  private struct Sample {
    var memory: Double
    var descriptors: Int
  }

  func soak(minutes: Double, perSecond: Double) throws {
    let failing = places.work + "/disk-fails"
    let trial = try trial {
      $0.settings = [
        "LD_PRELOAD": places.shim, "FAULTY_DISK_UNDER": places.work, "FAULTY_DISK_SWITCH": failing,
        "FAULTY_DISK_SEED": "\(seed)", "FAULTY_DISK_FAIL": "fsync:EIO:10,write:ENOSPC:60",
      ]
      $0.configuredLimits = "queue_min_free = \"1M\""
    }
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    trial.startLoad {
      $0.clients = 20
      $0.perSecond = perSecond
      $0.others = [300, 20_000, 300_000]
      $0.giveUpAfter = minutes * 60 + 120
    }
    var kills = 0
    var counts: [Mishap: Int] = [:]
    var samples: [Sample] = []
    let start = now()
    let end = start + UInt64.seconds(minutes * 60)
    while now() < end {
      usleep(UInt32.random(in: 4_000_000...12_000_000, using: &chance))
      // The process that is measured lives through two thirds of the time.
      let isEarly = (now() - start).inSeconds < minutes * 20
      let mishaps = isEarly ? Mishap.allCases : Mishap.allCases.filter { $0 != .kill && $0 != .restart }
      let mishap = mishaps.randomElement(using: &chance) ?? .crowd
      counts[mishap, default: 0] += 1
      if mishap == .kill { kills += 1 }
      try suffer(mishap, trial, failing: failing)
      usleep(3_000_000)
      if !isEarly {
        samples.append(Sample(memory: trial.relay.tree.residentMiB, descriptors: trial.descriptors))
        if samples.count % 10 == 1 { tell("\(samples[samples.count - 1]), \(trial.sink.count) arrived") }
      }
    }
    let result = trial.stopLoad()
    trial.recover(result, within: 180)
    report(trial, result, counts.values.reduce(0, +), kills, samples, minutes)
    let list = Mishap.allCases.map { "\($0.rawValue) \(counts[$0] ?? 0)" }.joined(separator: ", ")
    tell(list)
  }

  private func report(
    _ trial: Trial, _ result: LoadResult, _ mishaps: Int, _ kills: Int, _ samples: [Sample], _ minutes: Double
  ) {
    let account = trial.account(result)
    let bound = kills * Self.inFlight + trial.sink.manners.atEnd + mishaps * Self.inFlight
    find(
      "nothing lost", account.nothingLost && account.accepted > 0 && account.twice <= bound,
      "\(account.text) (bound \(bound)), \(account.broken) connections broken, \(mishaps) mishaps, \(kills) of them kill -9"
    )
    let third = max(1, samples.count / 3)
    func mean(_ part: ArraySlice<Sample>) -> Double { part.map(\.memory).reduce(0, +) / Double(max(1, part.count)) }
    let (first, last) = (mean(samples.prefix(third)), mean(samples.suffix(third)))
    let memory = String(
      format: "%.1f MiB on the average of the first third, %.1f of the last, %.1f at most", first, last,
      samples.map(\.memory).max() ?? 0)
    find("memory flat", last < first * 1.15 + 4, memory)
    let before = samples.prefix(third).map(\.descriptors).max() ?? 0
    let after = samples.suffix(third).map(\.descriptors).max() ?? 0
    find("descriptors flat", after <= before + 10, "at most \(before) in the first third, \(after) in the last")
    let lines = trial.logLines
    let allowed = result.begun * 3 + mishaps * 200
    find(
      "no log storm", lines <= allowed,
      String(
        format: "%d lines, %.2f a message (at most 3, and 200 a mishap)", lines,
        Double(lines) / Double(max(1, result.begun)))
    )
    let idle = trial.idleShare()
    find("idle afterwards", idle < 0.05, String(format: "%.1f %% of a processor", idle * 100))
    tell(String(format: "%.0f minutes, p99 MAIL→250 %.1f ms", minutes, result.mailTo250.quantile(0.99)))
  }

  private func suffer(_ mishap: Mishap, _ trial: Trial, failing: String) throws {
    switch mishap {
    case .providerAway:
      trial.sink.stop()
      usleep(UInt32.random(in: 500_000...6_000_000, using: &chance))
      try trial.sink.start()
    case .providerMisbehaves:
      let faults = Fault.allCases.filter { $0 != .stall && $0 != .nonsense }
      let moment = [Moment.mail, .recipient, .data, .end].randomElement(using: &chance) ?? .end
      let fault = faults.randomElement(using: &chance) ?? .reset
      trial.sink.manners.misbehave(fault, at: moment, times: Int.random(in: 1...5, using: &chance))
      usleep(2_000_000)
      trial.sink.manners.behave()
    case .diskFails:
      _ = FileManager.default.createFile(atPath: failing, contents: nil)
      usleep(UInt32.random(in: 500_000...3_000_000, using: &chance))
      try? FileManager.default.removeItem(atPath: failing)
    case .crowd:
      let clients = IdleClients(500, port: trial.relay.port, seconds: 5)
      clients.close()
    case .halfMessages:
      for _ in 0..<50 { RawClient(trial.relay.port)?.leaveInTheMiddle() }
    case .restart:
      trial.relay.stop()
      _ = try trial.relay.startAndGreet()
    case .kill:
      trial.relay.kill()
      _ = try trial.relay.startAndGreet()
    }
    if trial.status.contains("\"error_flag\" : true") { try? trial.relay.connect() }
  }
}
