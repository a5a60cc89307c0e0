// The manual pages of the commands, from their help: one for the program, and one for each of its commands, which holds
// that command's own ones.

import Platform
import Status

/// One page as a file.
package struct ManPage: Sendable, Equatable {
  package let name: String
  package let section: Int
  package let text: String

  package var fileName: String { "\(name).\(section)" }
}

/// What all pages have in their first line.
package struct ManPageEdition: Sendable {
  /// `2026-11-29`, or nothing.
  let day: String
  let version: String

  package init(day: String, version: String = Version.current) {
    self.day = day
    self.version = version
  }
}

/// Commands that belong together, as the help shows them.
package struct CommandTopic: Sendable {
  let title: String
  /// Their names.
  let commands: [String]

  package init(_ title: String, _ commands: [String]) {
    self.title = title
    self.commands = commands
  }
}

package struct CommandManPages {
  private let program: CommandDump
  private let topics: [CommandTopic]
  private let edition: ManPageEdition

  /// - Parameter topics: each command that people are told of is in one of them.
  package init(_ program: CommandDump, topics: [CommandTopic], _ edition: ManPageEdition) {
    self.program = program
    self.topics = topics
    self.edition = edition
  }

  /// The program's first.
  package var all: [ManPage] { [programPage] + program.shownCommands.map(page) }

  private func name(of command: String) -> String { "\(program.commandName)-\(command)" }

  private func page(titled name: String, _ fill: (inout RoffText) -> Void) -> ManPage {
    var roff = RoffText(title: name, section: 1, day: edition.day, version: edition.version)
    fill(&roff)
    return ManPage(name: name, section: 1, text: roff.text)
  }

  // MARK: The program

  private var programPage: ManPage {
    page(titled: program.commandName) { roff in
      roff.name(program.commandName, program.abstract)
      roff.heading("SYNOPSIS")
      roff.usage(program.commandName, [RoffText.italic("command"), "[\(RoffText.italic("options"))]"])
      roff.usage("\(program.commandName) help", ["[\(RoffText.italic("command"))\\ \(RoffText.more)]"])
      roff.usage("\(program.commandName) --version", ["[\(RoffText.bold("--json"))]"])
      let words = HelpText(program.discussion)
      roff.heading("DESCRIPTION")
      roff.write(words.prose)
      roff.heading("COMMANDS")
      for topic in topics { write(topic, to: &roff) }
      roff.heading("OPTIONS")
      roff.item(RoffText.bold("--version"), ["Show the version."])
      roff.item("\(RoffText.bold("-h")), \(RoffText.bold("--help"))", ["Show the help of a command."])
      roff.exitStatus(words.exitCodes)
      roff.heading("ENVIRONMENT")
      for (variable, sentence) in Self.environment { roff.item(RoffText.bold(variable), [sentence]) }
      roff.heading("FILES")
      for (file, sentence) in Self.files { roff.item(RoffText.italic(file), [sentence]) }
      roff.seeAlso(
        topics.flatMap(\.commands).map { "\(name(of: $0))(1)" } + ["letterhead.toml(5)", "letterhead-sendmail(8)"])
    }
  }

  private func write(_ topic: CommandTopic, to roff: inout RoffText) {
    roff.subheading(topic.title)
    for command in topic.commands.compactMap(program.command) {
      let parts = command.shownCommands.map { "`\($0.commandName)`" }.joined(separator: ", ")
      roff.item(
        "\(RoffText.bold(name(of: command.commandName)))(1)",
        [command.abstract ?? "", parts.isEmpty ? "" : "Its commands: \(parts)."])
    }
  }

  private static let environment = [
    (NamedConfiguration.variable, "The configuration file, where `--config` names none."),
    ("COLUMNS", "How wide the help may be."),
    (
      "https_proxy, all_proxy, no_proxy",
      "The proxy to sign-in services and mail APIs, where `[network]` of the configuration names none, and the hosts that "
        + "are asked without it."
    ),
    (
      "NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS, CREDENTIALS_DIRECTORY, JOURNAL_STREAM",
      "By these a service manager has `letterhead serve` tell it how it fares, hands it sockets and the key, and takes its "
        + "log: see systemd.exec(5) and sd_notify(3)."
    ),
  ]

  private static let files: [(String, String)] = {
    let usual = Configuration(file: Configuration.usualFile, hostname: "")
    return [
      (usual.file, "The configuration."),
      ("/etc/letterhead/conf.d/*.toml", "What adds tables to it, in the order of the names."),
      (usual.stateDirectory, "Queue, saved connections and history: `state_dir`."),
      ("\(usual.stateDirectory)/key", "What seals the saved sign-ins, where it is no credential of systemd."),
      (usual.statusFile, "What `letterhead status` and monitoring read: `status_file`."),
      (
        MetricsFile.usualPath(besides: usual.statusFile),
        "What Prometheus and `letterhead metrics` read: `metrics_file`."
      ),
      (AdminServer.path(for: usual), "Where commands ask the running relay."),
      ("/run/letterhead/submit.sock", "Where letterhead-sendmail hands in mail."),
      (usual.dropDirectory, "Where it leaves mail while no relay answers: `drop_dir`."),
    ]
  }()

  // MARK: One command

  private func page(of command: CommandDump) -> ManPage {
    page(titled: name(of: command.commandName)) { roff in
      roff.name(name(of: command.commandName), command.abstract)
      let parts = command.shownCommands
      roff.heading("SYNOPSIS")
      (parts.isEmpty ? [command] : parts).forEach { roff.usage(of: $0) }
      let words = HelpText(command.discussion)
      if !words.prose.isEmpty || command.defaultSubcommand != nil { roff.heading("DESCRIPTION") }
      roff.write(words.prose)
      if let usual = command.defaultSubcommand {
        if !words.prose.isEmpty { roff.paragraph() }
        roff.line("`\(command.path)` alone is `\(command.path) \(usual)`.")
      }
      if parts.isEmpty { roff.options(of: command) } else { roff.parts(parts) }
      roff.exitStatus(exitCodes(words))
      roff.examples(words)
      let peers = topics.first { $0.commands.contains(command.commandName) }?.commands ?? []
      roff.seeAlso(
        ["\(program.commandName)(1)"] + peers.filter { $0 != command.commandName }.map { "\(name(of: $0))(1)" }
          + ["letterhead.toml(5)"])
    }
  }

  /// A command that says nothing of them ends as most do. How one that is written wrongly ends, the program says for all.
  private func exitCodes(_ words: HelpText) -> [HelpText.ExitCode] {
    let own = words.exitCodes
    let inherited = own.isEmpty ? ["0", "1", "64"] : ["64"]
    let codes = own + HelpText(program.discussion).exitCodes.filter { inherited.contains($0.code) }
    return codes.sorted { (Int($0.code) ?? 0) < (Int($1.code) ?? 0) }
  }
}
