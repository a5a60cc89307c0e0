// The provider: each fault at each moment, with and without what shortens the conversation. Then it is good again.

import Foundation

extension Torture {
  private struct Case {
    var fault: Fault
    var moment: Moment
    var concealed: Set<String>

    var name: String {
      let without = concealed.isEmpty ? "" : " without \(concealed.sorted().joined(separator: ", "))"
      return "\(fault.rawValue) at \(moment.rawValue)\(without)"
    }
  }

  /// The table: every fault at every moment, in each manner of speaking in which that moment is.
  private var cases: [Case] {
    let moments: [Moment] = [.greeting, .hello, .mail, .recipient, .data, .end]
    let manners: [Set<String>] = [[], ["CHUNKING"], ["CHUNKING", "PIPELINING"]]
    var all: [Case] = []
    for concealed in manners {
      for moment in moments where moment != .data || !concealed.isEmpty {
        // The opening is the same in all.
        if !concealed.isEmpty, moment == .greeting || moment == .hello { continue }
        all += Fault.allCases.map { Case(fault: $0, moment: moment, concealed: concealed) }
      }
    }
    if !casesNamed.isEmpty { return all.filter { $0.name.contains(casesNamed) } }
    guard isQuick else { return all }
    return Array(all.shuffled(using: &chance).prefix(14))
  }

  func misbehaveUpstream() throws {
    var table: [String: (good: Int, all: Int, slowest: Double, most: Double)] = [:]
    for one in cases {
      let (isGood, seconds, memory) = try suffer(one)
      var row = table[one.fault.rawValue] ?? (0, 0, 0, 0)
      row = (row.good + (isGood ? 1 : 0), row.all + 1, max(row.slowest, seconds), max(row.most, memory))
      table[one.fault.rawValue] = row
    }
    for (fault, row) in table.sorted(by: { $0.key < $1.key }) {
      find(
        "provider: \(fault)", row.good == row.all,
        String(
          format: "%d of %d cases; all arrived within %.1f s of its end; %.0f MiB at most", row.good, row.all,
          row.slowest, row.most))
    }
  }

  private func suffer(_ one: Case) throws -> (Bool, seconds: Double, memory: Double) {
    let trial = try trial()
    defer { trial.end() }
    trial.sink.manners.conceal(one.concealed)
    _ = try trial.relay.startAndGreet()
    trial.sink.manners.misbehave(one.fault, at: one.moment, times: 2)
    let peak = PeakMemory(of: trial.relay.tree)
    let witness = Witness(trial.relay.port)
    trial.startLoad {
      $0.messages = 60
      $0.clients = 4
      $0.perSecond = 100
      $0.others = [20_000, 200_000]
    }
    usleep(1_500_000)
    trial.sink.manners.behave()
    let result = trial.stopLoad()
    // One that says nothing any more is given up after minutes: what stood on its line waits so long.
    if one.fault == .stall { try restart(trial.sink) }
    let begin = now()
    trial.recover(result, within: 60)
    let seconds = (now() - begin).inSeconds
    let most = witness.end()
    let account = trial.account(result)
    let isGood =
      account.nothingLost && account.accepted == 60 && trial.sink.manners.done > 0 && most < mostSeconds
      && account.twice <= allowed(one, trial)
    let memory = peak.end()
    if !isGood || memory > 100 {
      find(
        one.name, isGood,
        "\(account.text) (at most \(allowed(one, trial))), happened \(trial.sink.manners.done) times, others waited "
          + String(format: "%.2f s, %.0f MiB", most, memory))
    }
    return (isGood, seconds, memory)
  }

  private func restart(_ sink: Sink) throws {
    sink.stop()
    try sink.start()
  }

  /// Only what had been written to its end when the line broke may come again: here, what was on board of the
  /// connections that broke.
  private func allowed(_ one: Case, _ trial: Trial) -> Int {
    guard one.fault != .dripping else { return 0 }
    // Unasked replies shift all that follow, until the line ends.
    return one.moment == .end || one.fault == .doubled || one.fault == .reversed || one.fault == .stall
      ? trial.sink.manners.done * 64 : 0
  }
}
