// `letterhead key seal`: the key goes where only this machine opens it.

import ArgumentParser
import Foundation
import Letterhead
import Mailboxes

struct KeySeal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal", abstract: "Hand the key of saved sign-ins to systemd, sealed to this machine.",
    discussion: """
      As root, and twice. The first time seals the key with systemd-creds, names it in the service, and says what to type. \
      When the relay has been started with it, the second time deletes the key in state_dir, which was kept until then. \
      From then on a copy of state_dir opens no sign-in, and no other machine does: after a move, connect each mailbox again.

      A relay with a configuration elsewhere has a key of its own, and a service of its own: name it with --unit. Without, the \
      line for its unit is printed.

      Examples:
        letterhead key seal
        letterhead key seal --unit trial --config /srv/trial/letterhead.toml
      """)

  @OptionGroup var config: ConfigurationOption
  @Option(
    help: ArgumentHelp("Where the sealed key goes. Default: key.cred beside the configuration.", valueName: "file"),
    completion: .file())
  var credential: String?
  @Option(
    help: ArgumentHelp(
      "The service that runs this relay. Default: letterhead, for the usual configuration.", valueName: "name"))
  var unit: String?
  @Option(help: ArgumentHelp("The folder of the units of this host.", valueName: "folder"), completion: .directory)
  var unitFolder = "/etc/systemd/system"

  func validate() throws {
    guard let unit, unit.isEmpty || unit.hasPrefix(".") || unit.contains("/") else { return }
    throw ValidationError("\"\(unit)\" is no name of a service. Write it as systemctl does, such as letterhead.")
  }

  func run() throws {
    let configuration = try config.read()
    let directory = configuration.stateDirectory
    guard geteuid() == 0 else {
      throw CommandFailure(PastedCommand.naming("Only root can do this: sudo letterhead key seal"))
    }
    let beside = URL(fileURLWithPath: config.file).deletingLastPathComponent().appendingPathComponent("key.cred").path
    let credential = SealedCredential(
      path: URL(fileURLWithPath: credential ?? beside).path, unitFolder: unitFolder)
    // A key that is made here is the relay's, and not root's.
    let (move, key) = try Privileges.asOwner(of: directory) {
      let move = try KeyMove(in: directory)
      return (move, try move.key())
    }
    guard let key else { return print("The key is in systemd's keeping, and not in \(directory).") }
    if move.isTaken { return try finish(move, key, credential) }
    try credential.write(key)
    let service = unit.map(Self.withoutSuffix) ?? (configuration.namedFile == nil ? "letterhead" : nil)
    if let service { try credential.add(to: service) }
    print(PastedCommand.naming(next(credential, service)))
  }

  private static func withoutSuffix(_ unit: String) -> String {
    unit.hasSuffix(".service") ? String(unit.dropLast(8)) : unit
  }

  /// What to do when the key is sealed. The host's own service must not get the key of a relay that it does not run.
  private func next(_ credential: SealedCredential, _ service: String?) -> String {
    let naming =
      service == nil
      ? ". Name it in the unit that runs this relay, under [Service]:\n\n  \(credential.line)\n\n"
      : " and named in the service. "
    return """
      The key is sealed in \(credential.path)\(naming)Now start the relay with it, and look whether its mailboxes are connected:

        systemctl daemon-reload
        systemctl restart \(service ?? "UNIT")
        letterhead status

      Until you type letterhead key seal once more, the key stays in state_dir as well.
      """
  }

  private func finish(_ move: KeyMove, _ key: Secret, _ credential: SealedCredential) throws {
    guard try credential.read() == key else {
      throw CommandFailure(
        "\(credential.path) holds another key than state_dir, so both stay: each may have sealed something.")
    }
    try move.deleteKey()
    print("The key is in systemd's keeping now, and deleted in state_dir.")
  }
}
