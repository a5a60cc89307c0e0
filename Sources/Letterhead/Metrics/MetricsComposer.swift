// What the relay tells as metrics, all at one moment: the status file's facts, and what its parts have counted. The names,
// types and labels here are a contract with other people's alert rules; docs/monitoring.md has the list.

import Delivery
import Foundation
import Mailboxes
import Platform
import Spool
import Status
import Submission

/// Only reads. A count of a page is never lower than on the page before it, while the relay runs.
struct MetricsComposer: Sendable {
  let submission = SubmissionCounters()
  let delivery = DeliveryCounters()
  private let spool: Spool

  init(of spool: Spool) {
    self.spool = spool
    ProcessMetrics.begin()
  }

  /// - Parameter snapshot: as it is written into the status file at the same time.
  func page(
    of snapshot: Snapshot, _ directory: Directory, _ configuration: Configuration, at now: Date
  ) -> [MetricFamily] {
    let connected = directory.entities.map(\.key).filter { directory.mailbox(of: $0) != nil }
    let queues = QueueMetrics(
      configured: directory.entities.map(\.key), counters: delivery.all, counts: spool.counts, snapshot: snapshot)
    return snapshot.metrics + queues.families + SubmissionMetrics(submission, configuration).families
      + sendingUse(of: connected, at: now) + [expiries(of: connected, directory, configuration)]
      + spoolMetrics(configuration) + ProcessMetrics.families
  }

  // MARK: Limits and expiry

  private func sendingUse(of connected: [String], at now: Date) -> [MetricFamily] {
    let uses = connected.compactMap { key in delivery.all[key]?.sendingUse(at: now).map { (key, $0) } }
    let limited = uses.filter { $0.1.recipientsPerDay != nil }
    func family(
      _ name: String, _ help: String, _ uses: [(String, SendingUse)], _ value: (SendingUse) -> Double
    ) -> MetricFamily {
      MetricFamily(name, .gauge, help, uses.map { .init([("entity", $0)], value($1)) })
    }
    return [
      family("recipients_day_used", "Recipients written to in the last 24 hours", limited) {
        Double($0.recipientsInDay)
      },
      family("recipients_day_limit", "Recipients that the mailbox may write to in 24 hours", limited) {
        Double($0.recipientsPerDay ?? 0)
      },
      family("pace_factor", "Part of the preset rate that is used since the provider asked for less", uses, \.pace),
    ]
  }

  private func expiries(
    of connected: [String], _ directory: Directory, _ configuration: Configuration
  ) -> MetricFamily {
    MetricFamily(
      "sign_in_expires_timestamp_seconds", .gauge, "When what the entity signs in with expires",
      connected.flatMap { key in
        configuration.expiries(of: key, in: directory).map { expiry in
          .init([("entity", key), ("kind", expiry.subject.label)], expiry.date.timeIntervalSince1970)
        }
      })
  }

  // MARK: The queue's disk

  private func spoolMetrics(_ configuration: Configuration) -> [MetricFamily] {
    let disk = configuration.disk
    return [
      MetricFamily(
        histogram: "spool_commit_seconds", "How long the transactions of the queue took", [([], spool.commitTimes)]),
      MetricFamily(
        "disk_free_bytes", .gauge, "Free on the disk of state_dir",
        disk.map { [.init([], Double($0.freeOctets))] } ?? []),
      MetricFamily(
        "disk_floor_bytes", .gauge, "queue_min_free: with less than that free, mail is refused",
        Double(configuration.limits.queueMinFree)),
    ]
  }
}

extension Expiry.Subject {
  fileprivate var label: String {
    switch self {
    case .clientSecret: "secret"
    case .certificate: "certificate"
    case .password: "password"
    case .signIn: "refresh_token"
    }
  }
}
