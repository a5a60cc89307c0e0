// The file that Prometheus gets its metrics from, by node_exporter's textfile collector or by any server of files. Written
// beside the status file, with the same rights, and replaced whole like that.

import Foundation
package import Platform

package struct MetricsFile: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// Where it is unless the configuration says otherwise.
  package static func usualPath(besides statusFile: String) -> String {
    let folder = statusFile.lastIndex(of: "/").map { statusFile[...$0] } ?? ""
    return folder + "metrics.prom"
  }

  /// Blocks during one small write, which is not synced.
  package func write(_ families: [MetricFamily]) throws(SystemError) {
    let octets = Array(families.prometheusText.utf8)
    let result = octets.withUnsafeBytes { octets in
      Result { () throws(SystemError) in try AtomicFile.replace(path, with: octets, mode: 0o644, isDurable: false) }
    }
    try result.get()
  }

  private static let mostOctets = 64 << 20

  /// Does not wait, whatever stands there.
  package func read() throws(SystemError) -> String {
    let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
    return String(decoding: try file.read(atMost: Self.mostOctets), as: UTF8.self)
  }
}
