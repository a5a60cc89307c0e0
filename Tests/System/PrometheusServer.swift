// A real Prometheus on loopback, which scrapes one relay's metrics and knows the rules of Examples.

import Foundation
import Support

/// It ends with the test that made it.
final class PrometheusServer: Sendable {
  private let directory: TemporaryDirectory
  private let port: UInt16
  private let server: LiveCommand
  /// Serves the relay's file, as any server of files does.
  private let files: LiveCommand

  /// Scrapes every second.
  ///
  /// - Parameter rules: the text of a file of rules.
  init(watching relay: Relay, rules: String = "groups: []\n") async throws {
    directory = try TemporaryDirectory()
    port = Ports.unused()
    let filePort = Ports.unused()
    // Of the relay's folder nothing else is served.
    let folder = directory.path("served")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/metrics.prom", withDestinationPath: relay.directory.path("metrics.prom"))
    try directory.write(rules, to: "rules.yml")
    let settings = try directory.write(
      """
      global: {scrape_interval: 1s, evaluation_interval: 1s}
      rule_files: [rules.yml]
      scrape_configs:
        - job_name: letterhead
          metrics_path: /metrics.prom
          static_configs: [{targets: ["127.0.0.1:\(filePort)"]}]
      """, to: "prometheus.yml")
    files = try await LiveCommand(
      "python3", ["-m", "http.server", "\(filePort)", "--bind", "127.0.0.1", "--directory", folder])
    server = try await LiveCommand(
      "prometheus",
      [
        "--config.file=\(settings)", "--storage.tsdb.path=\(directory.path("data"))",
        "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
      ])
    // What happens before the first look at a counter cannot be seen as its growth.
    try await eventually("Prometheus has scraped the relay twice") {
      (try? await !query("count_over_time(letterhead_start_time_seconds[1m]) >= 2").isEmpty) == true
    }
  }

  /// - Returns: the samples, as the interface of Prometheus has them.
  /// - Throws: `Failure` with its words, where it calls the expression wrong.
  func query(_ expression: String) async throws -> [[String: Any]] {
    let data = try await get("query", ["--get", "--data-urlencode", "query=\(expression)"])
    guard let result = data["result"] as? [[String: Any]] else { throw Failure("no vector: \(expression): \(data)") }
    return result
  }

  /// The names of the alerts that are firing.
  func firing() async throws -> Set<String> {
    let alerts = try await get("alerts", [])["alerts"] as? [[String: Any]] ?? []
    return Set(
      alerts.filter { $0["state"] as? String == "firing" }.compactMap {
        ($0["labels"] as? [String: String])?["alertname"]
      })
  }

  private func get(_ path: String, _ words: [String]) async throws -> [String: Any] {
    let address = "http://127.0.0.1:\(port)/api/v1/\(path)"
    let answer = try await run("curl", ["--silent", "--show-error", "--noproxy", "*"] + words + [address]).wentWell()
    let object = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any]
    guard object?["status"] as? String == "success", let data = object?["data"] as? [String: Any] else {
      throw Failure("\(path) \(words): \(answer.output)")
    }
    return data
  }
}

extension Relay {
  /// The metrics file, as Prometheus reads it.
  func metrics() throws -> String { try String(contentsOfFile: directory.path("metrics.prom"), encoding: .utf8) }

  /// The value of one series: `letterhead_error_flag{entity="acme"}`.
  func metric(_ series: String) throws -> Double? {
    let line = try metrics().split(separator: "\n").first { $0.hasPrefix(series + " ") }
    return line.flatMap { Double($0.dropFirst(series.count + 1)) }
  }
}
