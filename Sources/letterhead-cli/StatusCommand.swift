// `letterhead status`: the status file for people, and exit codes for monitoring.

import ArgumentParser
import Foundation
import Letterhead
import Mailboxes
import Platform
import Status

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the relay and every entity are doing.",
    discussion: """
      Reads the status file and nothing else.

      --ready and --live are for probes: they print nothing, and end with 0 or 1. A relay is ready while it accepts mail: its \
      listeners are open, its queue can be written, and more than queue_min_free is free. A mailbox that is out of order does \
      not matter there.

      Of the configuration only status_file is looked for: a file with mistakes is good enough.

      Exit codes:
        0  ok
        1  degraded: mail waits, or something asks for a look
        2  error: a mailbox has its error flag up, or mail is refused; a person must
           act
        3  the relay is not running, or its status cannot be read

      Example: letterhead status --json --entity acme
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Option(help: ArgumentHelp("Show one entity alone.", valueName: "entity"), completion: .entities)
  var entity: String?
  @Option(
    help: ArgumentHelp(
      "Print lines for a monitoring system; Examples/check_letterhead runs this.", valueName: "system"))
  var format: MonitoringFormat?
  @Flag(help: "Print nothing; end with 0 while mail is accepted, else with 1.")
  var ready = false
  @Flag(help: "Print nothing; end with 0 while the relay runs, else with 1.")
  var live = false

  func validate() throws {
    let ways = [json.isOn, format != nil, ready, live].count { $0 }
    if ways > 1 { throw ValidationError("Give one of --json, --format, --ready and --live.") }
    if entity != nil, ready || live {
      throw ValidationError("--ready and --live are of the relay: leave out --entity.")
    }
  }

  func run() throws {
    let places: RelayPlaces
    do { places = try config.places() } catch {
      if ready || live { throw ExitCode(1) }
      try stop(unread: "\(error)")
    }
    if ready || live { throw ExitCode(probe(places) ? 0 : 1) }
    // After the report, whose first line is the one that monitoring shows.
    defer { if let remark = places.remark { say(remark) } }
    let snapshot = try snapshot(in: places)
    let isRunning = StatusFile.isFresh(snapshot, at: Date())
    if let format { return try report(MonitoringCheck.all(of: snapshot, isRunning: isRunning), format) }
    if json.isOn {
      printJSON(text: String(decoding: try snapshot.json(), as: UTF8.self), terminator: "")
    } else {
      print(StatusReport(snapshot, isRunning: isRunning, now: Date()).text)
    }
    guard isRunning else {
      try stop(
        "The relay is not running: \(places.statusFile) is of \(snapshot.updatedAt.formatted(.iso8601)). "
          + "Start it: \(ServiceCommands.here.start)")
    }
    throw ExitCode(Self.code(of: snapshot.state))
  }

  /// What was asked for of it.
  private func snapshot(in places: RelayPlaces) throws -> Snapshot {
    let whole: Snapshot
    do throws(StatusFileError) { whole = try StatusFile(path: places.statusFile).read() } catch {
      let begin = PastedCommand.naming("Nothing is configured yet. To do that, run: letterhead setup")
      try stop(unread: isForSetup ? begin : "\(error)")
    }
    guard let entity else { return whole }
    if let part = whole.part(of: entity) { return part }
    let names = whole.entities.keys.sorted().joined(separator: ", ")
    try stop("There is no entity \"\(entity)\" in \(places.statusFile). It has: \(names).")
  }

  private var isForSetup: Bool {
    do { _ = try config.read() } catch { return (error as? ConfigurationProblems)?.areForSetup ?? false }
    return false
  }

  /// Silent, whatever is wrong.
  private func probe(_ places: RelayPlaces) -> Bool {
    guard let snapshot = try? StatusFile(path: places.statusFile).read() else { return false }
    return StatusFile.isFresh(snapshot, at: Date()) && (live || snapshot.ready)
  }

  private func report(_ checks: [MonitoringCheck], _ format: MonitoringFormat) throws {
    print(format.text(of: checks.map(\.naming)))
    throw ExitCode(format.hasExitCodes ? Int32(checks.map(\.state).max()?.rawValue ?? 3) : 0)
  }

  private func say(_ message: String) {
    fflush(nil)
    printError(PastedCommand.naming(message))
  }

  private func stop(unread sentence: String) throws -> Never {
    if let format { try report([.notRunning(sentence)], format) }
    try stop(sentence)
  }

  private func stop(_ message: String) throws -> Never {
    say(message)
    throw ExitCode(3)
  }

  private static func code(of state: Snapshot.State) -> Int32 {
    switch state {
    case .ok: 0
    case .degraded: 1
    case .error: 2
    }
  }
}

extension MonitoringFormat: ExpressibleByArgument {}

extension MonitoringCheck {
  /// Commands in its text mean this relay.
  fileprivate var naming: MonitoringCheck {
    var check = self
    check.text = PastedCommand.naming(text)
    return check
  }
}

/// A snapshot in lines for a terminal.
struct StatusReport {
  private let snapshot: Snapshot
  private let isRunning: Bool
  private let now: Date

  /// - Parameter isRunning: otherwise the snapshot is the last one of a relay that has ended.
  init(_ snapshot: Snapshot, isRunning: Bool, now: Date) {
    self.snapshot = snapshot
    self.isRunning = isRunning
    self.now = now
  }

  var text: String {
    let entities = snapshot.entities.sorted { $0.key < $1.key }.map { lines(of: $0.key, $0.value) }
    let problems = snapshot.problems.map(lines)
    return ([headline] + (problems + entities + [apps]).filter { !$0.isEmpty }.map { $0.joined(separator: "\n") })
      .joined(separator: "\n\n")
  }

  /// Those that have sent something.
  private var apps: [String] {
    let active = snapshot.apps.filter { $0.value.messagesToday > 0 || $0.value.lastSeen != nil }
    return active.sorted { $0.key < $1.key }.map { name, app in
      let last = app.lastSeen.map { ", last \(Self.span(now.timeIntervalSince($0))) ago" } ?? ""
      let others = [("held", app.held), ("refused", app.refused), ("dropped as duplicates", app.duplicates)]
        .filter { $0.1 > 0 }.map { ", \($0.1) \($0.0)" }.joined()
      return "app \(name): \("message".counted(app.messagesToday)) in 24 hours\(last)\(others)"
    }
  }

  private var headline: String {
    if !isRunning { return "NOT RUNNING: what follows is of \(snapshot.updatedAt.formatted(.iso8601))." }
    let up = "letterhead \(snapshot.version), up \(Self.span(now.timeIntervalSince(snapshot.startedAt)))"
    switch snapshot.state {
    case .ok: return "OK: \(up)."
    case .degraded:
      return "DEGRADED: \(snapshot.problems.isEmpty ? "mail waits" : "look at what is said below"); \(up)."
    case .error: return "ERROR: \(snapshot.errorFlag ? "a mailbox needs a person" : "mail is refused"); \(up)."
    }
  }

  private func lines(of problem: RelayProblem) -> [String] {
    ["Problem: \(problem.summary)", "  \(problem.remedy)"].map { PastedCommand.naming($0) }
      + ["  since \(problem.since.formatted(.iso8601))"]
  }

  /// `microsoft`; where that is not SMTP, `microsoft, graph`.
  private func way(of entity: EntityStatus) -> String {
    let provider = entity.provider ?? Provider.smtp.name
    guard let transport = entity.transport, ![provider, TransportKind.smtp.rawValue].contains(transport) else {
      return provider
    }
    return "\(provider), \(transport)"
  }

  private func lines(of key: String, _ entity: EntityStatus) -> [String] {
    let mailbox = entity.address.map { "\($0) (\(way(of: entity)))" } ?? "no mailbox"
    var lines = ["\(key): \(entity.state.rawValue), \(mailbox), \(entity.name)"]
    if entity.state == .disconnected {
      lines.append(
        PastedCommand.naming("  No mailbox is connected; mail is held. Run: letterhead connect \(key) --help"))
    }
    if let until = entity.pausedUntil {
      lines.append("  Paused until \(until.formatted(.iso8601)); it goes on by itself.")
    }
    if let slowed = entity.slowed { lines.append("  \(slowed.summary)") }
    if let fault = entity.error {
      lines += ["  \(fault.summary)", "  \(fault.remedy)"].map { PastedCommand.naming($0) }
      lines.append("  since \(fault.since.formatted(.iso8601))")
      if !fault.upstream.isEmpty { lines.append("  The server said: \(fault.upstream)") }
    }
    for warning in entity.warnings {
      lines += ["  Warning: \(warning.summary)", "  \(PastedCommand.naming(warning.remedy))"]
    }
    if entity.queue.filing > 0 {
      lines.append("  Delivered, and not yet filed in the mailbox's folder of sent messages: \(entity.queue.filing)")
    }
    return lines + ["  \(queueLine(entity.queue))", "  \(totalsLine(entity))"]
  }

  private func queueLine(_ queue: EntityStatus.Queue) -> String {
    guard queue.queued > 0 else { return "Queue: empty\(queue.failed > 0 ? ", \(queue.failed) failed" : "")" }
    let age = Self.span(Double(queue.oldestSeconds))
    let unknown = queue.unknown > 0 ? ", \(queue.unknown) unknown" : ""
    return "Queue: \(queue.queued) waiting (\(queue.held) held, \(queue.deferred) deferred\(unknown)), oldest \(age); "
      + "\(queue.failed) failed"
  }

  private func totalsLine(_ entity: EntityStatus) -> String {
    let last = entity.lastDeliveredAt.map { ", last \(Self.span(now.timeIntervalSince($0))) ago" } ?? ""
    return "Ever: \(entity.totals.accepted) accepted, \(entity.totals.delivered) delivered\(last), "
      + "\(entity.totals.failed) failed"
  }

  /// `45 s`, `12 min`, `3 h`, `5 days`.
  static func span(_ seconds: TimeInterval) -> String {
    switch seconds {
    case ..<120: "\(max(0, Int(seconds))) s"
    case ..<7200: "\(Int(seconds / 60)) min"
    case ..<172_800: "\(Int(seconds / 3600)) h"
    default: "\(Int(seconds / 86_400)) days"
    }
  }
}
