// The secrets of one mailbox of the old system: read, decrypted by a password that is asked for, or printed by a command.

import Foundation
import Import
import Mailboxes

/// Belongs to one mailbox.
struct ImportedSecrets {
  private let owner: String
  private let runsCommands: Bool
  /// Asked for once.
  private var password: Secret?

  init(of owner: String, runsCommands: Bool) {
    (self.owner, self.runsCommands) = (owner, runsCommands)
  }

  /// - Returns: `nil` where the old system has none.
  mutating func reveal(_ secret: PlannedSecret) throws -> Secret? {
    switch secret {
    case .missing: nil
    case .clear(let secret): secret.value
    case .command(let command): try output(of: command.value)
    case .encrypted(let encrypted): try open(encrypted.value)
    }
  }

  private mutating func open(_ encrypted: EncryptedSecret) throws -> Secret {
    let password = try password ?? SecretInput.read("-", what: "password that the app signs in with as \(owner)")
    self.password = password
    do throws(EncryptedSecret.Failure) {
      return try encrypted.open(password: password)
    } catch {
      throw CommandFailure(
        "That is not the password that the app signs in with as \(owner), so its token cannot be read.")
    }
  }

  private func output(of command: String) throws -> Secret {
    guard runsCommands else {
      throw CommandFailure(
        "The password of \(owner) is printed by a command, which is run only with --run-passwordeval.")
    }
    guard let pipe = popen(command, "re") else {
      throw CommandFailure("The command for the password of \(owner) cannot be run.")
    }
    var line = [CChar](repeating: 0, count: 4096)
    let isThere = fgets(&line, Int32(line.count), pipe) != nil
    let status = pclose(pipe)
    let text = line.prefix { $0 != 0 && $0 != 0x0A && $0 != 0x0D }.map { UInt8(bitPattern: $0) }
    guard isThere, !text.isEmpty else {
      throw CommandFailure("The command for the password of \(owner) printed none (exit code \(status >> 8)).")
    }
    return Secret(octets: text)
  }
}
