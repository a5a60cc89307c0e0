// What swift-log hands its events to: all loggers of the process write to one output, and follow its level.

package import Logging

package struct RelayLogHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  private let output: LogOutput
  private var ownLevel: Logger.Level?

  package init(_ output: LogOutput) { self.output = output }

  package var logLevel: Logger.Level {
    get { ownLevel ?? output.level }
    set { ownLevel = newValue }
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) { output.write(event, metadata) }
}
