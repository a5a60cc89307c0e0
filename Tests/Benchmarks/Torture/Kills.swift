// kill -9 at random moments under load.

import Foundation
import GRDB

extension Torture {
  /// What one mailbox may have in flight when the relay dies: a message on each of its three sessions, and those whose
  /// delivery the disk had not yet taken down (a commit under way and the one behind it, of a window of 64).
  static let inFlight = 3 + 2 * 64

  func killAgainAndAgain() throws {
    let rounds = isQuick ? 15 : 200
    let trial = try trial()
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    trial.startLoad {
      $0.clients = 20
      $0.perSecond = isQuick ? 300 : 600
      $0.others = [300, 20_000, 300_000]
    }
    var damaged: [String] = []
    for round in 1...rounds {
      usleep(UInt32.random(in: 10_000...500_000, using: &chance))
      trial.relay.kill()
      if let damage = try damage(in: trial.relay.state) { damaged.append("round \(round): \(damage)") }
      _ = try trial.relay.startAndGreet()
      if round % 50 == 0 { tell("killed \(round) times, \(trial.sink.count) arrived") }
    }
    let result = trial.stopLoad()
    trial.recover(result)
    let account = trial.account(result)
    let each = String(format: "%.1f", Double(account.twice) / Double(rounds))
    let bound = rounds * Self.inFlight
    find(
      "kill -9, \(rounds) times", account.nothingLost && account.twice <= bound && account.accepted > rounds,
      "\(account.text) (bound \(bound), \(Self.inFlight) a kill; \(each) a kill)")
    find(
      "integrity_check after each", damaged.isEmpty, damaged.isEmpty ? "ok" : damaged.joined(separator: "; "))
    find("queue empty in the end", trial.isEmpty(within: 30), "as the status file says")
  }

  /// Looks at a copy: opening it would tidy up what the relay is to find as it was left.
  private func damage(in state: String) throws -> String? {
    let copy = places.work + "/copy"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: state).filter { $0.hasPrefix("spool.") }
    guard let database = names.first(where: { $0.hasSuffix(".db") || $0.hasSuffix(".sqlite") }) else {
      throw Failure("No spool database in \(state): \(names)")
    }
    for name in names where !name.hasSuffix("-shm") {
      try FileManager.default.copyItem(atPath: "\(state)/\(name)", toPath: "\(copy)/\(name)")
    }
    let words = try DatabaseQueue(path: "\(copy)/\(database)").read {
      try String.fetchAll($0, sql: "PRAGMA integrity_check")
    }
    return words == ["ok"] ? nil : words.joined(separator: ", ")
  }
}
