// `letterhead import`: takes over what another program was configured to do.

import ArgumentParser
import Foundation
import Import
import Letterhead
import SMTP

extension ForeignSystem: ExpressibleByArgument {}

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take over the configuration of another program that sent this host's mail.",
    discussion: """
      Reads the old files, changes nothing of the old system, and prints a configuration in which each line says where it \
      comes from, then three lists: what was carried over, what was changed and why, what was left out and what to do \
      instead. Of what is not understood only the place and the setting's name are printed. FROM is one of: \
      \(ForeignSystem.allCases.map(\.rawValue).joined(separator: ", ")).

      With --with-secrets each mailbox is connected as letterhead connect does it: tested first, then saved. Tokens of Email \
      OAuth 2.0 Proxy are encrypted by the password that the app signs in with; it is asked for. A command of msmtp that \
      prints a password is run only with --run-passwordeval.

      Exit codes:
        0   all was carried over
        1   something was changed or left out
        2   there was nothing of use, or --detect found nothing
        66  the old configuration is not there
        69  a mailbox was not connected
        73  the new configuration was not written
        75  a connection waits for an administrator's approval

      Examples:
        letterhead import --detect
        letterhead import postfix /old/etc/postfix/main.cf
        letterhead import msmtp /old/etc/msmtprc --with-secrets \\
          --into /etc/letterhead/letterhead.toml
        letterhead import email-oauth2-proxy /old/proxy/emailproxy.config \\
          --entity acme=billing@acme.example
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(help: ArgumentHelp("The program that sent the mail before.", valueName: "from"))
  var system: ForeignSystem?
  @Argument(
    help: ArgumentHelp("Its main file, where that is not the usual one.", valueName: "path"), completion: .file())
  var path: String?
  @Flag(help: "Look at the usual places, and say what is there.")
  var detect = false
  @Option(
    help: ArgumentHelp("Write the configuration there, once it passes letterhead check.", valueName: "file"),
    completion: .file())
  var into: String?
  @Flag(help: "With --into: replace a file that says something already; it is kept under another name.")
  var replace = false
  @Option(
    name: .customLong("entity"),
    help: ArgumentHelp("Name the entity of this address; more than once for several.", valueName: "name=address"))
  var names: [EntityName] = []
  @Flag(help: "Connect each mailbox with the secrets that are found: tested first, then saved.")
  var withSecrets = false
  @Option(
    help: ArgumentHelp(
      "With --with-secrets: certificates of authorities to trust beside the system's, PEM.", valueName: "file"),
    completion: .file())
  var caFile: String?
  @Flag(help: "With --with-secrets: run the commands that print passwords.")
  var runPasswordeval = false
  @Flag(help: "Write and connect nothing; only say what would be done.")
  var dryRun = false
  @OptionGroup var json: JSONOption

  func validate() throws {
    if detect != (system == nil) {
      throw ValidationError(
        "Say from which program: letterhead import postfix. Or look for one: letterhead import --detect.")
    }
    if replace, into == nil { throw ValidationError("--replace goes with --into FILE.") }
    if caFile != nil, !withSecrets { throw ValidationError("--ca-file goes with --with-secrets.") }
    if runPasswordeval, !withSecrets { throw ValidationError("--run-passwordeval goes with --with-secrets.") }
  }

  func run() async throws {
    Hardening.apply()
    do {
      throw ExitCode(try await exitCode())
    } catch let failure as ImportFailure {
      printError("Error: \(PastedCommand.naming(failure.description))")
      throw ExitCode(failure.exit.rawValue)
    }
  }

  private func exitCode() async throws -> Int32 {
    guard let system else { return try printDetected() ? 0 : 2 }
    let report = try report(on: system)
    guard report.plan.isUseful else {
      if json.isOn { try printJSON(ImportListing(report, in: file)) } else { print(report.text(in: file)) }
      return report.plan.exitCode
    }
    try ImportedFile.check(report, as: file)
    if let into, !dryRun, let kept = try ImportedFile.write(report.toml, to: into, replacing: replace) {
      printError("What was in \(into) is kept as \(kept).")
    }
    try show(report)
    if withSecrets, !dryRun { try await connect(report) }
    return report.plan.exitCode
  }

  /// Where the configuration will be.
  private var file: String { into ?? config.file }

  private func report(on system: ForeignSystem) throws -> ImportReport {
    let main = path ?? system.usualPaths.first(where: DiskFiles.exists) ?? system.usualPaths[0]
    guard DiskFiles.exists(main) else {
      throw ImportFailure(
        .noInput,
        "There is no \(main). Name the main file of \(system.label): letterhead import \(system.rawValue) FILE")
    }
    let absolute = URL(fileURLWithPath: main).path
    return ForeignImport.report(
      on: system, at: absolute, files: DiskFiles.reader, names: names.map { ($0.name, $0.address) },
      isFree: PortProbe.isFree)
  }

  /// On standard output alone the lists are remarks, so that all of it is a configuration.
  private func show(_ report: ImportReport) throws {
    if json.isOn { return try printJSON(ImportListing(report, in: file)) }
    if into != nil {
      let verb = dryRun ? "Would be written to" : "Written to"
      return print("\(verb) \(file), which passes letterhead check.\n\n\(report.text(in: file))")
    }
    let remarks = report.text(in: file).split(separator: "\n", omittingEmptySubsequences: false).map { "# \($0)" }
    print(report.toml + "\n" + remarks.joined(separator: "\n"))
  }

  private func connect(_ report: ImportReport) async throws {
    let configuration = try Configuration.read(file)
    let outcome = try await ImportedConnections(
      report, configuration, authoritiesFile: caFile, runsCommands: runPasswordeval
    ).connect()
    if outcome.failed > 0 {
      throw ImportFailure(
        .notConnected,
        "\(outcome.failed) of \(report.plan.entities.count) mailboxes were not connected; the reasons are above, and the "
          + "commands that connect them by hand.")
    }
    if outcome.waiting > 0 { throw ExitCode(RequestFiled.exitCode) }
  }

  /// - Returns: whether there is something.
  private func printDetected() throws -> Bool {
    let found = ForeignSystem.allCases.flatMap { system in
      system.usualPaths.filter { DiskFiles.exists($0) && DiskFiles.exists(system.telltale ?? $0) }.map { (system, $0) }
    }
    if json.isOn {
      try printJSON(found.map { ["system": $0.0.rawValue, "path": $0.1] })
    } else if found.isEmpty {
      print("Nothing was found at the usual places. Name the program and its file: letterhead import --help")
    }
    for (system, path) in found where !json.isOn {
      print("\(system.label): \(path). Run: letterhead import \(system.rawValue)")
    }
    return !found.isEmpty
  }
}

/// `acme=office@acme.example`.
struct EntityName: ExpressibleByArgument {
  let name: String
  let address: Address

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let address = Address(parts[1]), !address.domain.isEmpty,
      Configuration.isEntityName(parts[0])
    else { return nil }
    (name, self.address) = (parts[0], address)
  }
}
