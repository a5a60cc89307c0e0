// `letterhead serve`: runs the relay in the foreground.

import ArgumentParser
import Letterhead
import Logging
import Sockets

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the relay in the foreground.",
    discussion: """
      Logs one line an event to standard error. SIGTERM ends it cleanly, in ten seconds at most; SIGHUP reloads the \
      configuration. It refuses to start on a configuration with mistakes; a provider that is away does not keep it \
      from starting.

      Example: letterhead serve --config /etc/letterhead/letterhead.toml
      """)

  @OptionGroup var config: ConfigurationOption

  @Option(
    help: "Log from this level on: \(Serve.levels).",
    transform: { word in
      guard let level = Logger.Level(rawValue: word) else {
        throw ValidationError("\"\(word)\" is no level. Write one of \(Serve.levels).")
      }
      return level
    })
  var logLevel = Logger.Level.info

  @Flag(help: "Begin anew where the queue or the saved connections are lost, or the queue is beyond repair.")
  var acceptLoss = false

  private static var levels: String { Logger.Level.allCases.map(\.rawValue).joined(separator: ", ") }

  func run() async throws {
    let inherited = InheritedSockets.take()
    let configuration = try config.read(openingFiles: true)
    let signals = Signals.stream()
    let log = Logger(label: "letterhead") { [logLevel] _ in LogfmtHandler(from: logLevel) }
    for fault in inherited.faults { log.error("\(fault)") }
    do {
      let relay = try await Relay(configuration, acceptsLoss: acceptLoss, inheriting: inherited, log: log)
      try await relay.run(until: signals)
    } catch {
      throw Sentence.of(error)
    }
  }
}
