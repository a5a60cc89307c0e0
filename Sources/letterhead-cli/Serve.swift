// `letterhead serve`: runs the relay in the foreground.

import ArgumentParser
import Letterhead
import Logging
import Logs
import Platform
import Sockets

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the relay in the foreground.",
    discussion: """
      Logs one line an event to standard error. SIGTERM ends it cleanly, in ten seconds at most; SIGHUP reloads the \
      configuration. It refuses to start on a configuration with mistakes; a provider that is away does not keep it \
      from starting. A service manager is told how it fares (sd_notify). Where the configuration has no listener or no \
      entity yet, there is nothing to do.

      It runs as the owner of state_dir. Where no service manager starts it as the user that the package has made, root \
      types:
        \(Serve.asItsUser)

      Exit codes:
        0   it was ended in order
        1   it could not start, or go on; the reason is on standard error
        78  nothing is configured yet

      Example: letterhead serve --config /etc/letterhead/letterhead.toml
      """)

  @OptionGroup var config: ConfigurationOption

  @Option(
    help: "Log from this level on, whatever log_level says: \(Serve.levels).",
    completion: .list(Logger.Level.allCases.map(\.rawValue)),
    transform: { word in
      guard let level = Logger.Level(rawValue: word) else {
        throw ValidationError("\"\(word)\" is no level. Write one of \(Serve.levels).")
      }
      return level
    })
  var logLevel: Logger.Level?

  @Flag(help: "Begin anew where the queue or the saved connections are lost, or the queue is beyond repair.")
  var acceptLoss = false

  /// What root types where the relay has a user of its own and no service manager: with the unit's one capability.
  static let asItsUser =
    "setpriv --reuid letterhead --regid letterhead --init-groups \\\n"
    + "    --inh-caps +net_bind_service --ambient-caps +net_bind_service \\\n"
    + "    letterhead serve"

  private static var levels: String { Logger.Level.allCases.map(\.rawValue).joined(separator: ", ") }

  func run() async throws {
    let inherited = InheritedSockets.take()
    let manager = ServiceManager.take()
    let configuration: Configuration
    do {
      configuration = try config.read(openingFiles: true)
    } catch let problems as ConfigurationProblems where problems.isUnfinished {
      throw Self.nothingToDo(in: config.file, problems, telling: manager)
    }
    let signals = Signals.stream()
    let output = LogOutput(configuration.log, level: logLevel)
    for fault in inherited.faults { output.logger.tell(.socketRefused, [.reason: "\(fault)"]) }
    manager?.tell(.status("Opening the queue."))
    do {
      let relay = try await Relay(
        configuration, acceptsLoss: acceptLoss, inheriting: inherited, supervisedBy: manager, logTo: output)
      try await relay.run(until: signals)
    } catch {
      throw Sentence.of(error)
    }
  }

  /// The manager hears that the service is ready: one that ends before it is ready has failed, and a host on which nobody
  /// has configured anything yet has no failed service. The unit names the exit code as a good one.
  private static func nothingToDo(
    in file: String, _ problems: ConfigurationProblems, telling manager: ServiceManager?
  ) -> ExitCode {
    let next = problems.areForSetup ? "To write it, run: letterhead setup" : "To see what to add, run: letterhead check"
    let sentence = "Nothing to do yet: \(file) has no listener or no entity. \(next)"
    printError(PastedCommand.naming(sentence))
    manager?.tell(.ready, .status(sentence))
    return ExitCode(78)
  }
}
