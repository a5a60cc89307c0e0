// `letterhead restore`: a backup becomes the state of a relay that has none yet.

import ArgumentParser
import Diagnosis
import Foundation
import Letterhead
import Platform
import StorageSQLite

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup's queue, connections and configuration in place, on this host or another.",
    discussion: """
      For root and the relay's user. The relay must be stopped, which is looked at by its state directory and by its status \
      file, and its state directory must have no state. The whole backup is checked before anything is written, and all of \
      it is restored or nothing.

      A message that was queued in the backup may have been delivered since, and would arrive twice. So queued messages are \
      held, and nothing is sent before you decide: letterhead queue release sends them, letterhead queue delete drops them. \
      With --queue discard they are left out. With --queue due they are sent: that is right where the relay was stopped \
      before the backup was made, and has not run since. What a person had held stays held in each case but discard, and an \
      entity that was on hold stays so in each case.

      The configuration of the backup takes the place of this host's, which is kept under a name that ends in \
      .before-restore; --keep-configuration leaves this host's as it is.

      Example: letterhead restore /root/letterhead-backup.tar
      """)

  @OptionGroup var config: ConfigurationOption
  @Argument(help: ArgumentHelp("What letterhead backup has written.", valueName: "file"), completion: .file())
  var file: String
  @Option(
    help: "What becomes of messages that were queued: \(RestoreCommand.choices).",
    completion: .list(RestoredQueue.allCases.map(\.rawValue)), transform: RestoreCommand.queue)
  var queue = RestoredQueue.held
  @Flag(help: "Leave this host's configuration as it is, and restore into the state directory that it names.")
  var keepConfiguration = false

  private static var choices: String { RestoredQueue.allCases.map(\.rawValue).joined(separator: ", ") }

  private static func queue(_ word: String) throws -> RestoredQueue {
    guard let queue = RestoredQueue(rawValue: word) else {
      throw ValidationError("\"\(word)\" is not taken. Write one of \(choices).")
    }
    return queue
  }

  func run() throws {
    Hardening.apply()
    let archive = try BackupArchive(try open(), at: file)
    let (places, report) = try restore(archive)
    // The manifest and the names in it are of a file that anybody may have made.
    let lines = (report + remarks(on: archive.manifest, places)).map { $0.harmless() }
    print(PastedCommand.naming(lines.joined(separator: "\n")))
  }

  private func open() throws -> Descriptor {
    do throws(SystemError) { return try Descriptor.open(file, O_RDONLY | O_NONBLOCK) } catch {
      throw CommandFailure("\(file) cannot be read: \(error).")
    }
  }

  private func restore(_ archive: borrowing BackupArchive) throws -> (RelayPlaces, [String]) {
    if keepConfiguration, !config.exists { throw BackupError.configurationMissing(path: config.file) }
    let files = keepConfiguration ? try ConfigurationFiles(readingAt: config.file) : archive.files
    let places = files.places(at: config.file)
    let configuration = keepConfiguration ? nil : try RestoredConfiguration(files, at: config.file)
    try requireStopped(places)
    let home = try StateHome(places.stateDirectory)
    let (restore, mail) = try stage(archive, in: home)
    var report = ["\(file) is restored into \(places.stateDirectory)."]
    report += RestoredMailReport(mail, as: queue, of: archive.manifest).lines
    // Before the state: a host whose configuration names another state directory is as it was until that is replaced.
    if let configuration { report += try put(configuration, group: home.group) }
    // What it says is of another state.
    unlink(places.statusFile)
    try Privileges.asOwner(of: home.path) { try restore.putInPlace() }
    return (places, report)
  }

  private func stage(_ archive: borrowing BackupArchive, in home: StateHome) throws -> (Restore, RestoredMail) {
    do {
      return try Privileges.asOwner(of: home.path) {
        let restore = try Restore(into: StateDirectory(existing: home.path))
        let mail = try restore.stage(archive, queue: queue, completedBy: PastedCommand.naming(again), log: .commands)
        return (restore, mail)
      }
    } catch {
      home.leaveNothing()
      throw error
    }
  }

  private func put(_ configuration: RestoredConfiguration, group: gid_t) throws -> [String] {
    let kept = try configuration.put(group: group)
    var lines = ["The configuration is \(config.file)."] + kept.map { "What stood there is kept: \($0)" }
    if configuration.mistakes > 0 {
      lines.append("The relay does not start with it on this host. What is wrong is told by: letterhead check")
    }
    return lines
  }

  /// This command, as it may be typed anywhere.
  private var again: String {
    let backup = URL(fileURLWithPath: file).standardizedFileURL.path
    let option = keepConfiguration ? " --keep-configuration" : ""
    return "letterhead restore\(option) --queue \(queue.rawValue) \(shellWord(backup))"
  }

  /// Where the state is to go, and where the configuration that is here has it now.
  private func requireStopped(_ places: RelayPlaces) throws {
    let present = config.exists ? [RelayPlaces.find(in: config.file)] : []
    for places in present + [places] {
      if let relay = RunningRelay.find(at: places) { throw BackupError.relayRuns(relay) }
    }
  }

  private func remarks(on manifest: BackupManifest, _ places: RelayPlaces) -> [String] {
    var lines: [String] = []
    switch manifest.key {
    case .included, .none: break
    case .leftOut:
      lines.append(
        "The key of the saved sign-ins is not in this backup. Put the old host's in place, mode 0600: "
          + "\(places.stateDirectory)/key. Or connect each mailbox anew: letterhead connect --help")
    case .credential:
      lines.append(
        "The saved sign-ins are sealed with a key that was a systemd credential, letterhead.key. Give this host's service "
          + "the same, or connect each mailbox anew: letterhead connect --help")
    }
    let missing = manifest.filesLeftOut.filter { !FileManager.default.fileExists(atPath: $0) }
    if !missing.isEmpty {
      lines.append("Named by the configuration, and not on this host: \(missing.joined(separator: ", ")).")
    }
    if manifest.wasLive, queue == .due {
      lines.append("The relay ran when this backup was made: what it has delivered since arrives twice.")
    }
    return lines + ["Never run the old relay again with these connections: two would renew, and lose, one sign-in."]
  }
}

/// Where the state goes, and to whom it belongs.
private struct StateHome {
  /// The service's user, where a package has made it.
  private static let usual = "letterhead"

  let path: String
  /// Of its owner.
  let group: gid_t
  private let isNew: Bool

  /// Makes the directory, for the service's user where root does it.
  init(_ path: String) throws {
    self.path = path
    isNew = access(path, F_OK) != 0
    let made = try isNew ? StateDirectory(preparing: path) : StateDirectory(existing: path)
    guard isNew, geteuid() == 0, let user = getpwnam(Self.usual)?.pointee else {
      group = made.group
      return
    }
    guard chown(path, user.pw_uid, user.pw_gid) == 0 else {
      throw CommandFailure("\(path) cannot be given to user \(Self.usual): \(SystemError()).")
    }
    group = user.pw_gid
  }

  /// After a failure: a directory that was made here is of no use.
  func leaveNothing() {
    if isNew { try? FileManager.default.removeItem(atPath: path) }
  }
}
