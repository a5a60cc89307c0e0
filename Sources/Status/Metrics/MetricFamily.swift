// Metrics as values, and the text that Prometheus reads: exposition format 0.0.4. Which metrics there are is told where
// the relay composes them.

package import Platform

/// All samples of one name.
package struct MetricFamily: Sendable {
  package enum Kind: String, Sendable { case gauge, counter, histogram }
  package typealias Labels = [(name: String, value: String)]

  /// Without the prefix `letterhead_`, unless ``isOfAnyProcess``.
  package let name: String
  package let kind: Kind
  /// A sentence for people, without a full stop.
  package let help: String
  /// A name that monitoring expects of every process.
  package let isOfAnyProcess: Bool
  package var samples: [MetricSample]

  package init(
    _ name: String, _ kind: Kind, _ help: String, isOfAnyProcess: Bool = false, _ samples: [MetricSample]
  ) {
    self.name = name
    self.kind = kind
    self.help = help
    self.isOfAnyProcess = isOfAnyProcess
    self.samples = samples
  }

  /// One value that has no label.
  package init(_ name: String, _ kind: Kind, _ help: String, isOfAnyProcess: Bool = false, _ value: Double) {
    self.init(name, kind, help, isOfAnyProcess: isOfAnyProcess, [MetricSample([], value)])
  }

  package init(histogram name: String, _ help: String, _ readings: [(Labels, DurationHistogram.Reading)]) {
    self.init(name, .histogram, help, readings.flatMap { Self.samples(of: $1, $0) })
  }

  private static func samples(of reading: DurationHistogram.Reading, _ labels: Labels) -> [MetricSample] {
    // A bound is written with a fraction, `le="1.0"`: OpenMetrics asks for it, and the label must not differ between both.
    let bounds = reading.buckets.map { ("\($0.seconds)", Double($0.count)) } + [("+Inf", Double(reading.count))]
    var samples = bounds.map { bound, count in
      MetricSample(suffix: "_bucket", labels: labels + [("le", bound)], value: count)
    }
    samples.append(MetricSample(suffix: "_sum", labels: labels, value: reading.sum))
    samples.append(MetricSample(suffix: "_count", labels: labels, value: Double(reading.count)))
    return samples
  }
}

extension [MetricFamily] {
  /// The whole page. A family without samples is left out.
  package var prometheusText: String { filter { !$0.samples.isEmpty }.map(\.text).joined() }
}

extension MetricFamily {
  fileprivate var text: String {
    let fullName = isOfAnyProcess ? name : "letterhead_" + name
    var text = "# HELP \(fullName) \(help)\n# TYPE \(fullName) \(kind.rawValue)\n"
    for sample in samples { sample.append(to: &text, named: fullName) }
    return text
  }
}
