// The relay itself, after its configuration was written: by systemd where its unit is there, else a hint.

import ArgumentParser
import Diagnosis
import Foundation
import Letterhead
import Platform

struct SetupService {
  private let configuration: Configuration
  /// The unit runs with the usual file.
  private let hasUnit: Bool

  init(_ configuration: Configuration) {
    self.configuration = configuration
    let folders = [
      "/etc/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
    ]
    hasUnit =
      configuration.namedFile == nil && access("/run/systemd/system", F_OK) == 0 && geteuid() == 0
      && folders.contains { access("\($0)/letterhead.service", F_OK) == 0 }
  }

  /// Starts the relay, or has a running one read the file, where a person agrees.
  func begin(_ agrees: (String) -> Bool) throws {
    guard hasUnit else {
      let command = try serveCommand()
      if RelaySocket.mayAnswer(at: RelayPlaces.find(in: configuration.file)) { return }
      return print("No service of systemd runs it here. Start the relay in another terminal:\n  \(command)")
    }
    if systemctl("is-active", "--quiet", "letterhead") == 0 {
      guard agrees("\nHave the running relay read it now?") else { return print("Later: systemctl reload letterhead") }
      systemctl("reload", "letterhead")
    } else {
      guard agrees("\nStart the relay now, and at each start of this host?") else {
        return print("Later: systemctl enable --now letterhead")
      }
      guard systemctl("enable", "--now", "letterhead") == 0 else {
        throw CommandFailure("The relay did not start. See why: journalctl -u letterhead -n 20")
      }
      print("The relay runs.")
    }
  }

  @discardableResult
  private func systemctl(_ words: String...) -> Int32 {
    var program = ChildProgram(
      "/usr/bin/systemctl", ["systemctl"] + words, environment: ["PATH": "/usr/bin:/bin"], separation: .group)
    program.output = .inherited
    do throws(SystemError) {
      if case .exited(let code)? = try program.start().wait() { return code }
    } catch {}
    return 127
  }

  /// How the relay is started, by a user to whom its state belongs. Makes the state directory where it is missing.
  private func serveCommand() throws -> String {
    guard let file = configuration.namedFile else {
      return prepareUsualState() ? Serve.asItsUser : "letterhead serve"
    }
    let state = try StateDirectory(preparing: configuration.stateDirectory)
    let user = state.owner == geteuid() ? "" : "setpriv --reuid \(state.owner) --regid \(state.group) --clear-groups "
    return "\(user)letterhead serve --config \(shellWord(file))"
  }

  /// What root makes first belongs to the relay's own user, where the package has made one.
  ///
  /// - Returns: whether there is such a user, and the relay runs as that.
  private func prepareUsualState() -> Bool {
    guard geteuid() == 0, let user = getpwnam("letterhead") else { return false }
    let folder = configuration.stateDirectory
    if access(folder, F_OK) != 0, mkdir(folder, 0o700) == 0 {
      chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
    }
    return true
  }
}
