// One line of the page of metrics.

package struct MetricSample: Sendable {
  /// What stands behind the family's name: `_bucket`, `_sum`, `_count` of a histogram.
  private let suffix: String
  package let labels: MetricFamily.Labels
  package let value: Double

  package init(_ labels: MetricFamily.Labels = [], _ value: Double) {
    self.init(suffix: "", labels: labels, value: value)
  }

  init(suffix: String, labels: MetricFamily.Labels, value: Double) {
    self.suffix = suffix
    self.labels = labels
    self.value = value
  }

  func append(to text: inout String, named name: String) {
    text += name
    text += suffix
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
    }
    text += " \(Self.number(value))\n"
  }

  /// By scalars: a quote with a combining mark behind it is one character, and would end the value all the same.
  private static func escaped(_ value: String) -> String {
    guard value.unicodeScalars.contains(where: { $0 == "\\" || $0 == "\"" || $0 == "\n" }) else { return value }
    return value.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "\\": text.unicodeScalars.append(contentsOf: "\\\\".unicodeScalars)
      case "\"": text.unicodeScalars.append(contentsOf: "\\\"".unicodeScalars)
      case "\n": text.unicodeScalars.append(contentsOf: "\\n".unicodeScalars)
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
