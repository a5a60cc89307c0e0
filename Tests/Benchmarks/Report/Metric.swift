// What is measured, in which unit, and which way is better.

struct Metric: Hashable, Sendable {
  enum Better: String, Codable, Sendable { case higher, lower, neither }

  let title: String
  let unit: String
  let better: Better
  /// Behind the decimal point.
  var digits = 0

  static let messages = Metric(title: "messages until the last has arrived", unit: "messages/s", better: .higher)
  static let accepted = Metric(title: "messages accepted", unit: "messages/s", better: .higher)
  static let processor = Metric(
    title: "processor time of all its processes", unit: "ms a message", better: .lower, digits: 3)
  static let connectMedian = Metric(title: "connect→250, p50", unit: "ms", better: .lower, digits: 2)
  static let connectTail = Metric(title: "connect→250, p99", unit: "ms", better: .lower, digits: 2)
  static let mailMedian = Metric(title: "MAIL→250, p50", unit: "ms", better: .lower, digits: 2)
  static let mailTail = Metric(title: "MAIL→250, p99", unit: "ms", better: .lower, digits: 2)
  static let mailWorst = Metric(title: "MAIL→250, longest", unit: "ms", better: .lower, digits: 1)
  static let arrivalMedian = Metric(title: "MAIL→arrival at the sink, p50", unit: "ms", better: .lower, digits: 2)
  static let arrivalTail = Metric(title: "MAIL→arrival at the sink, p99", unit: "ms", better: .lower, digits: 2)
  static let connections = Metric(
    title: "connections to the provider", unit: "connections", better: .neither)
  static let sessions = Metric(title: "sessions at once to the provider", unit: "sessions", better: .neither)
  static let memory = Metric(title: "resident memory (PSS of all processes)", unit: "MiB", better: .lower, digits: 1)
  static let perConnection = Metric(
    title: "memory a served connection", unit: "KiB", better: .lower, digits: 1)
  static let served = Metric(title: "connections served", unit: "connections", better: .higher)
  static let octets = Metric(title: "throughput of large messages", unit: "MiB/s", better: .higher)
  static let startUp = Metric(title: "start to first greeting", unit: "ms", better: .lower)
  static let drain = Metric(
    title: "from the provider's return to the last arrival", unit: "s", better: .lower, digits: 1)
  static let nanoseconds = Metric(title: "time", unit: "ns", better: .lower)
  static let speed = Metric(title: "speed", unit: "MiB/s", better: .higher)
}
