// What there is to tell of what apps have sent and of the listeners. Only reads.

import Access
import Mailboxes
import Platform
import Status
import Submission

struct SubmissionMetrics {
  private let counters: SubmissionCounters
  private let entities: [String]

  init(_ counters: SubmissionCounters, _ configuration: Configuration) {
    self.counters = counters
    entities = configuration.entities.map(\.key)
  }

  var families: [MetricFamily] {
    [
      accepted("messages_accepted_total", "Messages taken into the queue", counters.messages),
      accepted("bytes_accepted_total", "Octets of the messages taken into the queue", counters.octets),
      MetricFamily(
        "messages_refused_total", .counter, "Messages and sign-ins refused",
        all.flatMap { address, counters in
          RefusalReason.allCases.map { reason in
            .init(
              [("listener", address), ("reason", reason.rawValue)], Double(counters.refusals[reason].value))
          }
        }),
      listenerFamily("connections", .gauge, "Clients that are connected") { max($0.connections.value, 0) },
      listenerFamily("connections_refused_total", .counter, "Clients that were turned away before any mail") {
        $0.connectionsRefused.value
      },
      listenerFamily("probes_total", .counter, "Connections that were closed without a word") { $0.probes.value },
    ]
  }

  /// Each entity has a line from the start on.
  private func accepted(
    _ name: String, _ help: String, _ family: CounterFamily<SubmissionCounters.Origin>
  ) -> MetricFamily {
    let none = entities.map { SubmissionCounters.Origin(entity: $0, app: CounterLabel.other) }
    let known = family.values.merging(none.map { ($0, 0) }) { count, _ in count }
    return MetricFamily(
      name, .counter, help,
      known.sorted { ($0.key.entity, $0.key.app) < ($1.key.entity, $1.key.app) }.map { origin, count in
        .init([("entity", origin.entity), ("app", origin.app)], Double(count))
      })
  }

  private var all: [(key: String, value: ListenerCounters)] {
    counters.allListeners.sorted { $0.key < $1.key }
  }

  private func listenerFamily(
    _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (ListenerCounters) -> Int
  ) -> MetricFamily {
    MetricFamily(name, kind, help, all.map { .init([("listener", $0)], Double(value($1))) })
  }
}
