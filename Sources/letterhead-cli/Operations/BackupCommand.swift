// `letterhead backup`: the state and the configuration in one file, while the relay works.

import ArgumentParser
import Foundation
import Letterhead
import Platform

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Write the queue, the saved connections and the configuration into one file.",
    discussion: """
      For root and the relay's user. The relay goes on meanwhile; the copy is of one moment. The file is a tar archive of \
      mode 0600. Sign-ins in it are sealed, and the key that opens them is left out unless --with-key is given: without it, \
      a restore on another host needs that key, or every mailbox connected anew. With it the file alone signs in as your \
      mailboxes: keep it as you keep passwords.

      Example: letterhead backup --with-key /root/letterhead-backup.tar
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(help: ArgumentHelp("The file to write. It must not be there yet.", valueName: "file"), completion: .file())
  var file: String
  @Flag(help: "Put the key of the saved sign-ins into the file as well.")
  var withKey = false

  func run() throws {
    Hardening.apply()
    let files = try ConfigurationFiles(readingAt: config.file)
    let configuration = try? config.read()
    let state = configuration?.stateDirectory ?? files.places(at: config.file).stateDirectory
    let target = try DraftedFile(at: file)
    let draft = try target.open()
    let manifest: BackupManifest
    do {
      manifest = try Privileges.asOwner(of: state) {
        try Backup(of: StateDirectory(existing: state), files, withKey: withKey)
          .write(to: Descriptor(owning: dup(draft.number)), at: file, of: configuration, now: Date())
      }
    } catch {
      target.discard()
      throw error
    }
    try target.keep()
    print(PastedCommand.naming(report(manifest, state).joined(separator: "\n")))
  }

  private func report(_ manifest: BackupManifest, _ state: String) -> [String] {
    var lines = [
      "\(file) has the configuration, the saved connections and the queue: \(manifest.queued) waiting, "
        + "\(manifest.failed) failed."
    ]
    switch manifest.key {
    case .included: lines.append("The key is in it: who has this file can sign in as the connected mailboxes.")
    case .leftOut:
      lines.append("The key of the saved sign-ins is not in it. To take it along: letterhead backup --with-key FILE")
    case .credential:
      lines.append("The relay's key is a systemd credential and is not in it: keep a copy of that key elsewhere.")
    case .none where withKey:
      lines.append(
        "There is no key in \(state), so none is in it: no sign-in was ever saved there. One that is saved later has a key "
          + "that this file lacks.")
    case .none: break
    }
    if !manifest.filesLeftOut.isEmpty {
      lines.append("Not in it, though the configuration names them: \(manifest.filesLeftOut.joined(separator: ", ")).")
    }
    return lines
  }
}
