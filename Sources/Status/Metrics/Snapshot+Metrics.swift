// What the status file says, as metrics. Pure.

import Foundation
import Mailboxes

extension Snapshot {
  package var metrics: [MetricFamily] {
    [
      MetricFamily("build_info", .gauge, "1 for the version that runs", [.init([("version", version)], 1)]),
      MetricFamily(
        "start_time_seconds", .gauge, "When the relay was started, since when all counters count",
        startedAt.timeIntervalSince1970),
      MetricFamily(
        "status_written_timestamp_seconds", .gauge,
        "When this page was written; a relay that runs writes every 4 seconds, and at each change",
        updatedAt.timeIntervalSince1970),
      MetricFamily("ready", .gauge, "1 while mail is accepted", ready ? 1 : 0),
    ] + problemMetrics + entityMetrics
  }

  private var problemMetrics: [MetricFamily] {
    let classes = Set(problems.map(\.class))
    return [
      MetricFamily(
        "problem", .gauge, "1 while there is a problem of this class that is no mailbox's matter",
        RelayProblem.Kind.allCases.map { .init([("class", $0.rawValue)], classes.contains($0) ? 1 : 0) })
    ]
  }

  private var entityMetrics: [MetricFamily] {
    [
      family("error_flag", "1 while the entity's error flag is up") { $0.state == .error ? 1 : 0 },
      MetricFamily(
        "entity_state", .gauge, "1 for the state in which the entity is",
        sorted.flatMap { key, entity in
          EntityStatus.State.allCases.map { state in
            .init([("entity", key), ("state", state.rawValue)], entity.state == state ? 1 : 0)
          }
        }),
      MetricFamily(
        "error_info", .gauge, "1 for the class of the fault, while the error flag is up",
        sorted.compactMap { key, entity in
          guard entity.state == .error, let fault = entity.error else { return nil }
          return .init([("entity", key), ("class", fault.class.rawValue)], 1)
        }),
      family("paused_until_timestamp_seconds", "When the mailbox goes on, while it is paused") {
        $0.pausedUntil?.timeIntervalSince1970
      },
      family("last_delivery_timestamp_seconds", "When a message was last delivered to all its recipients") {
        $0.lastDeliveredAt?.timeIntervalSince1970
      },
    ]
  }

  private var sorted: [(key: String, value: EntityStatus)] { entities.sorted { $0.key < $1.key } }

  private func family(_ name: String, _ help: String, _ value: (EntityStatus) -> Double?) -> MetricFamily {
    MetricFamily(
      name, .gauge, help,
      sorted.compactMap { key, entity in value(entity).map { .init([("entity", key)], $0) } })
  }
}
