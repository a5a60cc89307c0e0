// What monitoring expects of every process, under the names that it has for them.

import Foundation
import Platform
import Status

enum ProcessMetrics {
  /// When this process began, as nearly as anybody needs it.
  private static let start = Date()

  /// To be called when the process begins.
  static func begin() { _ = start }

  static var families: [MetricFamily] {
    let usage = OwnProcess.usage
    func family(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: Double) -> MetricFamily {
      MetricFamily("process_\(name)", kind, help, isOfAnyProcess: true, value)
    }
    return [
      family("cpu_seconds_total", .counter, "Processor time of user and system", usage.cpuSeconds),
      family("resident_memory_bytes", .gauge, "Resident memory", Double(usage.residentOctets)),
      family("virtual_memory_bytes", .gauge, "Virtual memory", Double(usage.virtualOctets)),
      family("open_fds", .gauge, "Open descriptors", Double(usage.openDescriptors)),
      family("max_fds", .gauge, "Most descriptors that may be open", Double(usage.descriptorLimit)),
      family("start_time_seconds", .gauge, "When the process was started", start.timeIntervalSince1970),
    ]
  }
}
