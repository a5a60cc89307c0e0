// The relay's state, opened by a command because no relay runs: the same service answers over it as in the relay.

import Access
import Control
import Letterhead
import Logging
import Logs
import Mailboxes
import SMTP
import Spool
import StorageSQLite

struct OwnStorage {
  let service: ControlService
  private let spool: Spool?

  /// Becomes the owner of the state directory, and opens what a call needs that takes this permission.
  init(_ configuration: Configuration, for permission: Permission) throws {
    try Privileges.becomeOwner(of: configuration.stateDirectory)
    spool = try Self.spool(in: configuration.stateDirectory, for: permission)
    spool?.setHistory(configuration.history)
    let mailboxes = try SQLiteStorage.openMailboxes(of: configuration)
    service = ControlService(
      ControlResources(
        mailboxes: mailboxes, spool: spool,
        connector: CommandConnector(configuration: configuration, store: mailboxes),
        settings: { ControlSettings(configuration) }, log: .commands))
  }

  func close() async { await spool?.close() }

  /// Whoever changes the queue keeps a relay from starting meanwhile.
  private static func spool(in directory: String, for permission: Permission) throws(SpoolError) -> Spool? {
    switch permission {
    case .readQueue, .readPending: try SQLiteStorage.openSpoolReadOnly(directory: directory, log: .commands)
    case .changeQueue, .decidePending: try SQLiteStorage.openSpool(directory: directory, log: .commands)
    default: nil
    }
  }
}

/// Tests mailboxes from this process, over a network of its own for as long as a test takes.
private struct CommandConnector: MailboxConnecting {
  let configuration: Configuration
  let store: MailboxStore

  func connect(
    _ mailbox: Mailbox, sendingTest: Bool, by authorization: Authorization, saying say: Say
  ) async throws -> String {
    try await TestEnvironment.lend(configuration, store) {
      try await $0.connect(mailbox, sendingTest: sendingTest, by: authorization, saying: say)
    }
  }

  func test(_ mailbox: Mailbox, sendingTo recipient: Address?, saying say: Say) async throws {
    try await TestEnvironment.lend(configuration, store) {
      try await $0.test(mailbox, sendingTo: recipient, saying: say)
    }
  }
}

extension Logger {
  /// Commands speak on standard output; of the modules they use only warnings are worth a line.
  static var commands: Logger {
    var settings = LogSettings()
    settings.level = .warning
    return LogOutput(settings, naming: PastedCommand.naming).logger
  }
}
