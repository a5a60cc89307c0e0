// What there is to tell of the entities' queues. Only reads.

import Delivery
import Foundation
import Platform
import Spool
import Status

struct QueueMetrics {
  /// Entities of the configuration, in its order.
  let configured: [String]
  /// By entity; those of entities that are gone go on until a restart, so that no sum goes back.
  let counters: [String: QueueCounters]
  let counts: [String: Counts]
  let snapshot: Snapshot

  var families: [MetricFamily] { waiting + delivered + sessions }

  // MARK: What waits

  private var waiting: [MetricFamily] {
    [
      MetricFamily(
        "queue_messages", .gauge, "Messages in the queue; the states do not overlap", configured.flatMap(queue)),
      MetricFamily(
        "queue_oldest_timestamp_seconds", .gauge, "When the oldest message that waits was accepted",
        configured.compactMap { key in
          guard let counts = counts[key], counts.queued > 0, let oldest = counts.oldestReceivedAt else { return nil }
          return .init([("entity", key)], oldest.timeIntervalSince1970)
        }),
    ]
  }

  private func queue(of key: String) -> [MetricSample] {
    let queue = snapshot.entities[key]?.queue ?? EntityStatus.Queue()
    let free = queue.queued - queue.held - queue.unknown
    let inFlight = min(max(counters[key]?.inFlight.value ?? 0, 0), free)
    // A message that is tried again is in flight, and deferred still.
    let deferred = min(queue.deferred, free - inFlight)
    let states = [
      ("due", free - inFlight - deferred), ("in_flight", inFlight), ("deferred", deferred),
      ("held", queue.held), ("unknown", queue.unknown), ("filing", queue.filing), ("failed", queue.failed),
    ]
    return states.map { .init([("entity", key), ("state", $0)], Double($1)) }
  }

  // MARK: What came of it

  private var delivered: [MetricFamily] {
    let delays = all.map { ($0, $1.deliveryDelay.reading) }
    return [
      MetricFamily(
        "messages_delivered_total", .counter, "Messages whose last waiting recipient has got them",
        delays.map { .init([("entity", $0)], Double($1.count)) }),
      MetricFamily(
        "recipients_delivered_total", .counter, "Recipients for whom the provider has taken a message",
        all.map { .init([("entity", $0)], Double($1.recipientsDelivered.value)) }),
      MetricFamily(
        histogram: "delivery_delay_seconds", "From acceptance of a message until its last recipient has it",
        delays.map { ([("entity", $0)], $1) }),
      family("messages_failed_total", "Messages given up, by the class of the fault", "class", \.failures) { $0 },
      family(
        "deferrals_total", "Attempts after which a message waits for another, by the class of the fault", "class",
        \.deferrals
      ) { $0 },
      family(
        "unknown_outcomes_total", "Messages handed over whole without an answer, by what was made of them", "result",
        \.unknownOutcomes
      ) { $0.rawValue },
      family(
        "sent_copies_total", "Copies for the folder of sent messages that are due no more, by what became of them",
        "result",
        \.sentCopies
      ) { $0.rawValue },
    ]
  }

  private var sessions: [MetricFamily] {
    [
      MetricFamily(
        "upstream_sessions", .gauge, "Sessions that are open with the provider",
        all.map { .init([("entity", $0)], Double(max($1.openSessions.value, 0))) }),
      family("upstream_sign_ins_total", "Attempts to open a session, by what came of them", "result", \.signIns) {
        $0.rawValue
      },
      family("token_refreshes_total", "Requests for an access token", "result", \.tokenRefreshes) { $0.rawValue },
    ]
  }

  /// Entities whose mailbox was never connected have 0 of everything: what has never been seen cannot be seen to grow.
  private var all: [(key: String, value: QueueCounters)] {
    let missing = configured.filter { counters[$0] == nil }
    let unused = Dictionary(uniqueKeysWithValues: missing.map { ($0, QueueCounters()) })
    return counters.merging(unused) { first, _ in first }.sorted { $0.key < $1.key }
  }

  private func family<Label>(
    _ name: String, _ help: String, _ label: String, _ path: KeyPath<QueueCounters, CounterFamily<Label>>,
    _ text: (Label) -> String
  ) -> MetricFamily {
    MetricFamily(
      name, .counter, help,
      all.flatMap { key, counters in
        counters[keyPath: path].values.map { (text($0), Double($1)) }.sorted { $0.0 < $1.0 }.map { value, count in
          .init([("entity", key), (label, value)], count)
        }
      })
  }
}
