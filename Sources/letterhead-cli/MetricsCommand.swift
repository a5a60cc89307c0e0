// `letterhead metrics`: what Prometheus reads, on standard output.

import ArgumentParser
import Foundation
import Letterhead
import Platform
import Status

struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Print the relay's metrics for Prometheus.",
    discussion: """
      Prints the file metrics_file, which the relay writes as often as its status: by default metrics.prom beside \
      status_file. Prometheus gets it from node_exporter's textfile collector; see docs/monitoring.md. What a \
      relay that has ended left is printed, too.

      Exit codes:
        0  the figures are of now
        3  the relay is not running, or they cannot be read

      Example: letterhead metrics --openmetrics
      """)

  @OptionGroup var config: ConfigurationOption
  @Flag(help: "Print the format of OpenMetrics, which ends with # EOF.")
  var openmetrics = false

  func run() throws {
    let places: RelayPlaces
    do { places = try config.places() } catch { try stop("\(error)") }
    defer { if let remark = places.remark { printError(remark) } }
    let text: String
    do throws(SystemError) { text = try MetricsFile(path: places.metricsFile).read() } catch {
      try stop(sentence(for: error, places))
    }
    print(openmetrics ? OpenMetricsText.converted(from: text) : text, terminator: "")
    let snapshot: Snapshot
    do throws(StatusFileError) { snapshot = try StatusFile(path: places.statusFile).read() } catch {
      try stop("\(error)")
    }
    guard StatusFile.isFresh(snapshot, at: Date()) else {
      try stop(
        "The relay is not running: these figures are of \(snapshot.updatedAt.formatted(.iso8601)). "
          + "Start it: \(ServiceCommands.here.start)")
    }
  }

  private func sentence(for error: SystemError, _ places: RelayPlaces) -> String {
    guard error.code == ENOENT || error.code == ENOTDIR else {
      return
        "The metrics file \(places.metricsFile) cannot be read (\(error)). Let this user read it and enter its folder."
    }
    return "The relay is not running: there is no \(places.metricsFile). Start it: \(ServiceCommands.here.start)"
  }

  private func stop(_ message: String) throws -> Never {
    fflush(nil)
    printError(PastedCommand.naming(message))
    throw ExitCode(3)
  }
}
