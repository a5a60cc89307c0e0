import Foundation
import Mailboxes
import Platform
import Status
import Testing

private let eight = Date(timeIntervalSince1970: 1_795_334_400)  // 2026-11-22T08:00:00Z

@Suite struct `The page of metrics` {
  @Test func `a family is a sentence, a type and its samples`() {
    let families = [
      MetricFamily("ready", .gauge, "1 while mail is accepted", 1),
      MetricFamily(
        "messages_failed_total", .counter, "Given up",
        [.init([("entity", "acme"), ("class", "message")], 2), .init([("entity", "blue"), ("class", "age")], 0)]),
      MetricFamily("nothing", .gauge, "Left out, because it has no sample", []),
      MetricFamily("process_cpu_seconds_total", .counter, "Processor time", isOfAnyProcess: true, 0.25),
    ]
    #expect(
      families.prometheusText == """
        # HELP letterhead_ready 1 while mail is accepted
        # TYPE letterhead_ready gauge
        letterhead_ready 1
        # HELP letterhead_messages_failed_total Given up
        # TYPE letterhead_messages_failed_total counter
        letterhead_messages_failed_total{entity="acme",class="message"} 2
        letterhead_messages_failed_total{entity="blue",class="age"} 0
        # HELP process_cpu_seconds_total Processor time
        # TYPE process_cpu_seconds_total counter
        process_cpu_seconds_total 0.25

        """)
  }

  @Test func `a histogram has its buckets, the whole, the sum and the count, all of one reading`() {
    let histogram = DurationHistogram(bounds: [0.5, 1])
    for seconds in [0.25, 0.75, 8] { histogram.note(.seconds(seconds)) }
    let family = MetricFamily(histogram: "delay_seconds", "Delay", [([("entity", "acme")], histogram.reading)])
    #expect(
      [family].prometheusText == """
        # HELP letterhead_delay_seconds Delay
        # TYPE letterhead_delay_seconds histogram
        letterhead_delay_seconds_bucket{entity="acme",le="0.5"} 1
        letterhead_delay_seconds_bucket{entity="acme",le="1.0"} 2
        letterhead_delay_seconds_bucket{entity="acme",le="+Inf"} 3
        letterhead_delay_seconds_sum{entity="acme"} 9
        letterhead_delay_seconds_count{entity="acme"} 3

        """)
  }

  @Test(arguments: [
    ("/run/a\\b", "/run/a\\\\b"), ("a\"b", "a\\\"b"), ("a\nb", "a\\nb"), ("\"\u{301}", "\\\"\u{301}"),
  ])
  func `a label's value cannot end its quotes`(value: String, written: String) {
    let text = [MetricFamily("connections", .gauge, "Clients", [.init([("listener", value)], 1)])].prometheusText
    #expect(text.hasSuffix("letterhead_connections{listener=\"\(written)\"} 1\n"))
  }

  @Test func `OpenMetrics calls a counter's family by its bare name, and has an end`() {
    let text = [
      MetricFamily("ready", .gauge, "1 while mail is accepted", 1),
      MetricFamily("deferrals_total", .counter, "Attempts to come, in total", [.init([("entity", "acme")], 7)]),
    ].prometheusText
    #expect(
      OpenMetricsText.converted(from: text) == """
        # HELP letterhead_ready 1 while mail is accepted
        # TYPE letterhead_ready gauge
        letterhead_ready 1
        # HELP letterhead_deferrals Attempts to come, in total
        # TYPE letterhead_deferrals counter
        letterhead_deferrals_total{entity="acme"} 7
        # EOF

        """)
  }

  @Test(arguments: [
    ("/run/letterhead/status.json", "/run/letterhead/metrics.prom"), ("status.json", "metrics.prom"),
    ("/s", "/metrics.prom"),
  ])
  func `the file is beside the status file`(statusFile: String, metricsFile: String) {
    #expect(MetricsFile.usualPath(besides: statusFile) == metricsFile)
  }

  @Test(arguments: [EntityStatus.State.connected, .disconnected, .paused, .error])
  func `an entity is in one of its states, and the class of a fault is told while its flag is up`(
    state: EntityStatus.State
  ) {
    let fault = Fault(class: .consent, since: eight, summary: "S.", remedy: "R.", upstream: "")
    let entity = EntityStatus(
      name: "Acme", state: state, error: state == .error || state == .paused ? fault : nil,
      pausedUntil: state == .paused ? eight + 60 : nil)
    let text = Snapshot(version: "1", pid: 1, startedAt: eight, updatedAt: eight + 5, entities: ["acme": entity])
      .metrics.prometheusText
    let lines = Set(text.split(separator: "\n").map(String.init))
    for other in EntityStatus.State.allCases {
      #expect(
        lines.contains(
          "letterhead_entity_state{entity=\"acme\",state=\"\(other.rawValue)\"} \(state == other ? 1 : 0)"))
    }
    #expect(lines.contains("letterhead_error_flag{entity=\"acme\"} \(state == .error ? 1 : 0)"))
    #expect(lines.contains("letterhead_error_info{entity=\"acme\",class=\"consent\"} 1") == (state == .error))
    #expect(
      lines.contains("letterhead_paused_until_timestamp_seconds{entity=\"acme\"} 1795334460") == (state == .paused))
    #expect(lines.contains("letterhead_start_time_seconds 1795334400"))
    #expect(lines.contains("letterhead_status_written_timestamp_seconds 1795334405"))
  }
}
