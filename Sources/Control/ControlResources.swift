// What the calls are answered with.

package import Access
package import Logging
import Logs
package import Mailboxes
import Platform
package import Spool

/// What the verbs work on. The relay has one for its whole life, a command one for a single call.
package struct ControlResources: Sendable {
  package var mailboxes: MailboxStore
  /// `nil` in a command whose call reads no queue.
  package var spool: Spool?
  package var connector: any MailboxConnecting
  /// As the configuration stands now.
  package var settings: @Sendable () -> ControlSettings
  /// The status file's text; `nil` where no relay runs.
  package var status: (@Sendable () throws -> String)?
  /// Called when a request was filed, so that administrators are told.
  package var requestFiled: @Sendable () -> Void
  /// Has a running queue look at its provider at once, where it waits for the next look; by the entity's key.
  package var lookAgain: @Sendable (String) async -> Void
  /// When the queue of an entity sends again; `nil` where none runs.
  package var outlook: @Sendable (String) async -> SendingOutlook? = { _ in nil }
  /// The largest message that the mailbox of an entity is known to take; by the entity's key.
  package var maximumOctets: @Sendable (String) -> Int? = { _ in nil }
  /// Who is connected to the listeners now; `nil` where no relay runs.
  package var sessions: (@Sendable () async -> [LiveSession])?
  /// What an app did lately, by its name; `nil` where no relay runs.
  package var appActivity: (@Sendable (String) async -> AppActivity?)?
  /// An app's password is no longer good: its sessions are to end. By the app's name.
  package var credentialsRevoked: @Sendable (String) async -> Void = { _ in }
  /// The host's users, for the names of those who send.
  package var accounts: any Accounts = SystemAccounts()
  private let accountsWorker = Worker(name: "accounts")
  package var log: Logger?

  package init(
    mailboxes: MailboxStore, spool: Spool?, connector: any MailboxConnecting,
    settings: @escaping @Sendable () -> ControlSettings, status: (@Sendable () throws -> String)? = nil,
    requestFiled: @escaping @Sendable () -> Void = {}, lookAgain: @escaping @Sendable (String) async -> Void = { _ in },
    log: Logger? = nil
  ) {
    self.mailboxes = mailboxes
    self.spool = spool
    self.connector = connector
    self.settings = settings
    self.status = status
    self.requestFiled = requestFiled
    self.lookAgain = lookAgain
    self.log = log
  }
}

extension ControlResources {
  /// Asked beside whatever else is answered: users may live on a directory server.
  func userName(_ uid: UInt32?) async -> String? {
    guard let uid else { return nil }
    return await accountsWorker.run { [accounts] in accounts.name(of: uid) }
  }

  /// One line of the relay's log: who did what.
  ///
  /// - Parameter act: the command, without its options.
  func note(_ act: String, by caller: Caller, _ fields: LoggedFields) {
    let requester = caller.requester
    log?.tell(.operator, [.act: act, .user: requester.name, .uid: requester.uid.map { "\($0)" }] + fields)
  }
}
