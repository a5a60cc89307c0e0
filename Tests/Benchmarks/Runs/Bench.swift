// The run: what every measure shares. Files beside this one hold the measures.

import Foundation

/// Where things are.
struct Places: Sendable {
  /// The `letterhead` under test.
  var binary: String
  /// Another `letterhead`, of an earlier tree, that takes Postfix's place.
  var earlier: String?
  var shim: String
  /// Holds the certificates `good.pem`, `good.key` and `ca.pem`.
  var certificates: String
  /// For queues and logs; a directory on the disk that is to be measured.
  var work: String
  /// The library made of faulty-world.c.
  var world = ""
}

final class Bench {
  let plan: Plan
  let places: Places
  var report: Report
  private let begin = now()
  private var lastRun: UInt32 = UInt32(getpid()) << 8
  private var lastDirectory = 0
  private var other = (busy: 0.0, measured: 0.0)

  init(_ plan: Plan, _ places: Places) {
    self.plan = plan
    self.places = places
    report = Report(machine: .here(directory: places.work), isQuick: plan.limit < 600)
    report.ratioDigits = places.earlier == nil ? 1 : 2
  }

  /// What can be measured by itself, in the order of the report.
  enum Part: String, CaseIterable {
    case ceiling, parsing, throughput, sync, distance, idle, large, queue, watching
  }

  func run(_ parts: [Part] = Part.allCases) throws {
    for part in parts {
      switch part {
      case .ceiling: try measureCeiling()
      case .parsing: measureParsing()
      case .throughput: try measureThroughput()
      case .sync: try measureSlowDisks()
      case .distance: try measureDistance()
      case .idle: try measureStartUpAndMemory()
      case .large: try measureLargeMessages()
      case .queue: try measureQueue()
      case .watching: try measureWatching()
      }
    }
    noteOthers()
  }

  // MARK: Time

  /// Whether there is time for `what`; says so in the report when there is not.
  func hasTime(for what: String) -> Bool {
    guard (now() - begin).inSeconds > plan.limit else { return true }
    report.note("The time was up before all was measured: \(what).")
    return false
  }

  func tell(_ text: String) {
    let time = String(format: "%5.0f s  ", (now() - begin).inSeconds)
    FileHandle.standardError.write(Data((time + text + "\n").utf8))
  }

  // MARK: Parts

  func sink(_ security: Sink.Security = .none) throws -> Sink {
    try Sink(
      Sink.Settings(
        security: security, certificate: places.certificates + "/good.pem", key: places.certificates + "/good.key",
        password: security == .none ? nil : Self.password))
  }

  private static let password = "correct-horse-7"

  func surroundings(_ sink: Sink, port: UInt16? = nil, sessions: Int? = nil, syncDelay: Int = 0) -> Surroundings {
    let isPlain = sink.settings.security == .none
    return Surroundings(
      provider: port ?? sink.port, security: sink.settings.security, password: isPlain ? "" : Self.password,
      authority: isPlain ? "" : places.certificates + "/ca.pem", sessions: sessions, syncDelay: syncDelay,
      shim: places.shim)
  }

  func letterhead(_ surroundings: Surroundings) throws -> LetterheadRelay {
    try LetterheadRelay(binary: places.binary, directory: freshDirectory(), surroundings)
  }

  /// Letterhead, and the earlier one where it was named: for what Postfix does not have.
  func letterheads(_ surroundings: Surroundings) throws -> [LetterheadRelay] {
    try [letterhead(surroundings)] + (places.earlier.map { [try earlier($0, surroundings)] } ?? [])
  }

  private func earlier(_ binary: String, _ surroundings: Surroundings) throws -> LetterheadRelay {
    try LetterheadRelay(named: Report.earlier, binary: binary, directory: freshDirectory(), surroundings)
  }

  /// The earlier Letterhead, or Postfix where none was named.
  func rival(_ settings: PostfixRelay.Settings = .tuned, _ surroundings: Surroundings) throws -> any Relay {
    if let binary = places.earlier { return try earlier(binary, surroundings) }
    return try PostfixRelay(settings, directory: freshDirectory(), surroundings)
  }

  /// Letterhead and its rivals, in these surroundings.
  func relays(_ surroundings: Surroundings) throws -> [any Relay] {
    let better: PostfixRelay.Settings = surroundings.security == .none ? .defaults : .tuned
    let rivals = plan.hasBothRivals && places.earlier == nil ? [.defaults, .tuned] : [better]
    return try [letterhead(surroundings)] + rivals.map { try rival($0, surroundings) }
  }

  private func freshDirectory() throws -> String {
    lastDirectory += 1
    let path = "\(places.work)/\(lastDirectory)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    return path
  }

  func freshRun() -> UInt32 {
    lastRun += 1
    return lastRun
  }

  // MARK: What else the machine did

  /// Runs `work` and adds up what programs other than `relay` and this one took of the processors meanwhile.
  func watchingOthers<Result>(_ relay: ProcessTree, _ work: () throws -> Result) rethrows -> Result {
    let used = { Machine.busySeconds - relay.processorSeconds - Machine.ownSeconds }
    let (start, before) = (now(), used())
    defer {
      other.busy += max(0, used() - before)
      other.measured += (now() - start).inSeconds
    }
    return try work()
  }

  private func noteOthers() {
    guard other.measured > 0 else { return }
    let share = other.busy / other.measured / Double(report.machine.cores) * 100
    let verdict = share > 5 ? "too much: measure again on a quiet machine" : "little"
    report.note("Other programs took \(String(format: "%.0f", share)) % of the processors meanwhile: \(verdict).")
  }
}
