// The state of the relay and of each entity as a monitoring system asks for it: a state, a sentence and figures. Pure; how
// each system writes it is in a file of its own.

import Foundation
import Mailboxes
import Platform

/// One for the relay, and one for each entity.
package struct MonitoringCheck: Equatable, Sendable {
  /// The numbers are those of Nagios, which Icinga, Checkmk and many others have taken over.
  package enum State: Int, Comparable, Sendable {
    case ok, warning, critical, unknown

    package static func < (one: State, other: State) -> Bool { one.severity < other.severity }

    /// Critical is worse than unknown.
    private var severity: Int { self == .critical ? 3 : self == .unknown ? 2 : rawValue }

    package var word: String {
      switch self {
      case .ok: "OK"
      case .warning: "WARNING"
      case .critical: "CRITICAL"
      case .unknown: "UNKNOWN"
      }
    }
  }

  package struct Figure: Equatable, Sendable {
    package var name: String
    package var value: Int
    /// `s` for seconds, `c` for what only grows; empty for a plain number.
    package var unit = ""
  }

  /// `nil`: the relay itself.
  package var entity: String?
  package var state: State
  /// One line.
  package var text: String
  package var figures: [Figure]

  package init(entity: String? = nil, _ state: State, _ text: String, _ figures: [Figure] = []) {
    self.entity = entity
    self.state = state
    self.text = text.split { $0.isNewline || $0 == "|" }.joined(separator: " ")
    self.figures = figures
  }
}

extension MonitoringCheck {
  /// The relay first.
  ///
  /// - Parameter isRunning: whether the relay that wrote `snapshot` still runs. Where it does not, that is critical, and
  ///   nothing is known of its entities.
  package static func all(of snapshot: Snapshot, isRunning: Bool) -> [MonitoringCheck] {
    guard isRunning else {
      let when = snapshot.updatedAt.formatted(.iso8601)
      return [notRunning("The relay is not running: its status is of \(when). Start it: \(ServiceCommands.here.start)")]
        + snapshot.entities.keys.sorted().map {
          MonitoringCheck(entity: $0, .unknown, "Not known, because the relay is not running.")
        }
    }
    return [ofRelay(snapshot)] + snapshot.entities.sorted { $0.key < $1.key }.map { of($1, key: $0, snapshot) }
  }

  /// - Parameter reason: in a sentence.
  package static func notRunning(_ reason: String) -> MonitoringCheck { MonitoringCheck(.critical, reason) }

  private static func ofRelay(_ snapshot: Snapshot) -> MonitoringCheck {
    let state: State =
      switch snapshot.state {
      case .ok: .ok
      case .degraded: .warning
      case .error: .critical
      }
    let concerned = snapshot.entities.filter { $0.value.state == .error || $0.value.isDegraded }.keys.sorted()
    let sentences =
      snapshot.problems.map { "\($0.summary) \($0.remedy)" }
      + (concerned.isEmpty ? [] : ["Look at: \(concerned.joined(separator: ", "))."])
    let text = sentences.isEmpty ? "Mail is accepted and goes out." : sentences.joined(separator: " ")
    let queues = snapshot.entities.values.map(\.queue)
    return MonitoringCheck(
      state, text,
      [
        Figure(name: "queued", value: queues.map(\.queued).reduce(0, +)),
        Figure(name: "oldest", value: queues.map(\.oldestSeconds).max() ?? 0, unit: "s"),
        Figure(name: "failed", value: queues.map(\.failed).reduce(0, +)),
        Figure(name: "ready", value: snapshot.ready ? 1 : 0),
      ])
  }

  private static func of(_ entity: EntityStatus, key: String, _ snapshot: Snapshot) -> MonitoringCheck {
    let state: State = entity.state == .error ? .critical : entity.isDegraded ? .warning : .ok
    let queue = entity.queue
    return MonitoringCheck(
      entity: key, state, entity.sentence,
      [
        Figure(name: "queued", value: queue.queued), Figure(name: "held", value: queue.held),
        Figure(name: "deferred", value: queue.deferred), Figure(name: "failed", value: queue.failed),
        Figure(name: "oldest", value: queue.oldestSeconds, unit: "s"),
        Figure(name: "accepted", value: entity.totals.accepted, unit: "c"),
        Figure(name: "delivered", value: entity.totals.delivered, unit: "c"),
      ])
  }
}

extension EntityStatus {
  fileprivate var sentence: String {
    switch state {
    case .error: error.map { "\($0.summary) \($0.remedy)" } ?? "Its error flag is up."
    case .paused:
      "Paused\(pausedUntil.map { " until \($0.formatted(.iso8601))" } ?? ""); it goes on by itself."
        + (error.map { " \($0.summary)" } ?? "")
    case .disconnected:
      queue.queued == 0
        ? "No mailbox is connected."
        : "No mailbox is connected, and \("message is".counted(queue.queued, plural: "messages are")) held."
    case .connected:
      isDegraded
        ? "\("message is".counted(queue.deferred, plural: "messages are")) deferred, the oldest message waits for "
          + "\("second".counted(queue.oldestSeconds))."
        : "Connected to \(address ?? "its mailbox")." + (slowed.map { " \($0.summary)" } ?? "")
    }
  }
}
