// Every event that Letterhead logs, named once. The log's lines, the journal's fields and the table of docs/logs.md are made
// from this. To add one: a case, its level and its sentence.

package import Logging

/// What a line of the log tells.
package enum LoggedEvent: String, CaseIterable, Sendable {
  // A message on its way.
  case accepted, duplicate, refused, interrupted, attempt, delivered, returned, deferred, unknown, failed
  case unknownRetried = "unknown_retried"
  case copyFiled = "copy_filed"
  case copyGivenUp = "copy_given_up"
  case copiesDelayed = "copies_delayed"
  case nulRemoved = "nul_removed"
  case damaged
  case dropWaits = "drop_waits"
  case dropRefused = "drop_refused"
  case dropIgnored = "drop_ignored"
  case dropNotDeleted = "drop_not_deleted"
  case dropUnusable = "drop_unusable"

  // Clients.
  case clientNotAllowed = "client_not_allowed"
  case tooManyConnections = "too_many_connections"
  case proxyHeaderMissing = "proxy_header_missing"
  case tlsFailed = "tls_failed"
  case wrongPassword = "wrong_password"

  // Mailboxes.
  case flagRaised = "flag_raised"
  case flagCleared = "flag_cleared"
  case paused, resumed
  case selfTest = "self_test"
  case queueMode = "queue_mode"
  case expiresSoon = "expires_soon"
  case conditionNotSaved = "condition_not_saved"
  case rateNotRead = "rate_not_read"
  case rateNotSaved = "rate_not_saved"
  case recipientsNotMarked = "recipients_not_marked"
  case ageNotChecked = "age_not_checked"
  case helperNotStarted = "helper_not_started"
  case connectionsUnreadable = "connections_unreadable"
  case passwordUnreadable = "password_unreadable"

  // The queue on disk.
  case messageNotStored = "message_not_stored"
  case settlementNotStored = "settlement_not_stored"
  case countersWrong = "counters_wrong"
  case claimFailed = "claim_failed"
  case diskFailing = "disk_failing"
  case diskWorking = "disk_working"
  case closeFailed = "close_failed"
  case leaseLost = "lease_lost"
  case fileWasOpen = "file_was_open"
  case queueBegunAnew = "queue_begun_anew"
  case queueSalvaged = "queue_salvaged"
  case checkpointFailed = "checkpoint_failed"

  // The relay.
  case started, stopping, stopped, listening, reloaded
  case listenerFailed = "listener_failed"
  case socketRefused = "socket_refused"
  case reloadFailed = "reload_failed"
  case restartNeeded = "restart_needed"
  case adminSocketFailed = "admin_socket_failed"
  case adminCallEnded = "admin_call_ended"
  case statusNotWritten = "status_not_written"
  case metricsNotWritten = "metrics_not_written"
  case countsNotKept = "counts_not_kept"

  // People.
  case `operator`
  case auditFailed = "audit_failed"
  case alertFailed = "alert_failed"
  case alertNotMailed = "alert_not_mailed"
}

extension LoggedEvent {
  /// `error`: somebody has to act. `warning`: somebody should look.
  package var level: Logger.Level {
    switch self {
    case .queueMode, .adminCallEnded: .debug
    case .accepted, .duplicate, .attempt, .delivered, .copyFiled, .returned, .dropWaits, .tlsFailed, .started,
      .stopping, .stopped,
      .listening, .reloaded:
      .info
    case .refused, .interrupted, .deferred, .nulRemoved, .wrongPassword, .flagCleared, .resumed, .selfTest,
      .diskWorking, .operator:
      .notice
    case .unknown, .unknownRetried, .copyGivenUp, .copiesDelayed, .failed, .dropRefused, .dropIgnored,
      .clientNotAllowed, .tooManyConnections,
      .proxyHeaderMissing, .paused,
      .expiresSoon, .helperNotStarted, .leaseLost, .fileWasOpen, .queueBegunAnew, .restartNeeded:
      .warning
    case .damaged, .dropNotDeleted, .dropUnusable, .flagRaised, .conditionNotSaved, .rateNotRead, .rateNotSaved,
      .recipientsNotMarked, .ageNotChecked, .connectionsUnreadable, .passwordUnreadable, .messageNotStored,
      .settlementNotStored, .countersWrong, .claimFailed, .diskFailing, .closeFailed, .queueSalvaged, .checkpointFailed,
      .listenerFailed, .socketRefused, .reloadFailed, .adminSocketFailed, .statusNotWritten, .metricsNotWritten,
      .countsNotKept,
      .auditFailed, .alertFailed, .alertNotMailed:
      .error
    }
  }

  /// The MESSAGE_ID of the journal, by which `journalctl` and those who watch the journal find the event in any version.
  package var journalID: String? {
    switch self {
    case .flagRaised: "f4a3de72ecf2428999ac0736b82fd808"
    case .flagCleared: "ef21d0280fce40c5af159449738404cf"
    case .failed: "addf1e666e1e4b1b8fbb1a81e6c74117"
    default: nil
    }
  }

  /// What it means, for people. Stands in the line as well, where the event is a warning or worse.
  package var sentence: String {
    switch self {
    case .accepted: "A message is in the queue on disk, and its client was told so."
    case .duplicate: "An app has handed in a message a second time; it was dropped."
    case .refused: "A client was refused something: a recipient, a message, a command. The reply says why."
    case .interrupted: "A connection broke in the middle of a message, which was not accepted."
    case .attempt: "The provider was offered a message, and this is what it answered."
    case .delivered: "The provider has taken a message for these recipients."
    case .returned: "An attempt said nothing about the message (the mailbox was at fault); it waits as before."
    case .deferred: "The provider cannot take a message now; it is tried again."
    case .unknown: "A message was handed over whole and no answer came: perhaps the provider has taken it."
    case .unknownRetried: "A message that perhaps was taken is sent again, and may arrive twice."
    case .failed: "A message was given up for these recipients, and is kept with its reason."
    case .copyFiled: "A copy of a message lies in its mailbox's folder of sent messages."
    case .copyGivenUp: "A message was delivered, and no copy of it is filed any more."
    case .copiesDelayed: "Copies cannot be filed now; that is tried again. Mail goes out all the same."
    case .nulRemoved: "NUL octets were taken out of a message, because no provider takes them."
    case .damaged: "A message in the queue cannot be read any more. It is set aside."
    case .dropWaits: "A message of letterhead-sendmail cannot be taken now; it is looked at again in a minute."
    case .dropRefused: "A message of letterhead-sendmail was refused. It is kept in the folder refused for 30 days."
    case .dropIgnored: "A file in the drop folder is no message, and is left alone."
    case .dropNotDeleted: "A message of letterhead-sendmail was accepted, and its file cannot be deleted."
    case .dropUnusable: "The drop folder cannot be used: mail that letterhead-sendmail leaves there stays there."
    case .clientNotAllowed: "A client's address is not among those that may send at this listener."
    case .tooManyConnections: "A client was turned away because max_connections clients are connected."
    case .proxyHeaderMissing: "A listed proxy has connected and did not say for whom."
    case .tlsFailed: "A client and the relay did not agree on TLS."
    case .wrongPassword: "A sign-in at a listener was refused."
    case .flagRaised: "The error flag of an entity is up: its mail is held until somebody acts."
    case .flagCleared: "The error flag of an entity is down: its mail goes out."
    case .paused: "The provider wants no mail of this mailbox for a while. It goes on by itself."
    case .resumed: "A pause is over, and mail goes out again."
    case .selfTest: "A mailbox was tested against itself, to learn whom a refusal means."
    case .queueMode: "A mailbox's queue was opened, closed or paused."
    case .expiresSoon: "A secret, a certificate or a sign-in ends soon."
    case .conditionNotSaved: "That a mailbox is paused or has its flag up could not be saved."
    case .rateNotRead: "How much a mailbox has sent could not be read; its limits count from now."
    case .rateNotSaved: "How much a mailbox has sent could not be saved."
    case .recipientsNotMarked: "Who has a message already could not be saved; no more of it is sent in this attempt."
    case .ageNotChecked: "Whether messages have waited too long could not be found out."
    case .helperNotStarted: "The helper process that renews sign-ins cannot be started; the relay renews them itself."
    case .connectionsUnreadable: "The saved connections cannot be read; those that were read last go on to hold."
    case .passwordUnreadable: "An app's kept password cannot be opened, so it cannot sign in by CRAM-MD5."
    case .messageNotStored: "A message could not be written to disk; its client was told to come again."
    case .settlementNotStored: "What came of a message could not be written to disk; that is tried again."
    case .countersWrong: "The queue's counters were wrong, and are counted anew."
    case .claimFailed: "No message can be taken out of the queue."
    case .diskFailing: "The queue's disk fails."
    case .diskWorking: "The queue's disk works again."
    case .closeFailed: "The queue did not close cleanly."
    case .leaseLost: "A message took so long that it is tried again elsewhere."
    case .fileWasOpen: "A file in state_dir was open to other users, and is closed to them now."
    case .queueBegunAnew: "The queue was beyond repair, and an empty one was begun. What is left of it is kept."
    case .queueSalvaged: "The queue's database was damaged. What cannot be read is set aside, and the file is kept."
    case .checkpointFailed: "The write-ahead log of the queue was not moved into its database."
    case .started: "The relay accepts mail."
    case .stopping: "The relay was told to end, and finishes what is under way."
    case .stopped: "The relay has ended."
    case .listening: "A listener is open."
    case .reloaded: "The configuration was read again."
    case .listenerFailed: "A listener could not be opened, or closed."
    case .socketRefused: "A socket that the service manager has handed over cannot be used."
    case .reloadFailed: "The configuration was not read again; the relay goes on with the one it has."
    case .restartNeeded: "Keys have a new value that holds from the next restart on."
    case .adminSocketFailed: "The admin socket cannot be opened: commands that change something do not reach the relay."
    case .adminCallEnded: "A command has closed its connection to the relay early."
    case .statusNotWritten: "The status file cannot be written: monitoring will see it as too old."
    case .metricsNotWritten:
      "The metrics file cannot be written: make its folder writable for the relay's user, or set metrics_file."
    case .countsNotKept: "What apps have sent cannot be saved; their limits count anew after a restart."
    case .operator: "A person has changed something by a command."
    case .auditFailed: "What a person has done could not be written into the audit list."
    case .alertFailed: "The alert command failed, or an alert could not be made."
    case .alertNotMailed: "An alert was not mailed."
    }
  }
}

extension LoggedEvent {
  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

  /// Quicker than `init(rawValue:)`, which compares one name after another.
  init?(named name: String) {
    guard let event = Self.byName[name] else { return nil }
    self = event
  }
}
