// What a verb has at hand while it answers.

import Access
import Mailboxes
import Spool

/// One call while it is answered.
struct ControlContext: Sendable {
  let resources: ControlResources
  let settings: ControlSettings
  let caller: Caller
  let authorization: Authorization

  /// With what administrators have decided here. Where no relay runs, `mailboxes.load()` has to come first.
  var access: AccessRules { settings.access.decided(by: mailboxes.apps) }

  var mailboxes: MailboxStore { resources.mailboxes }

  var spool: Spool {
    get throws(ControlRefusal) {
      guard let spool = resources.spool else { throw .notRunning }
      return spool
    }
  }

  /// The uid whose messages the caller may see; `nil`: everybody's.
  ///
  /// - Throws: where no message can be the caller's own.
  var ownMessagesOnly: UInt32? {
    get throws(ControlRefusal) {
      if caller.role == .administrator { return nil }
      guard let uid = caller.principal.uid else { throw .notAllowed(.notAdministrator, name: caller.requester.name) }
      return uid
    }
  }

  /// One line of the relay's log: who did what.
  func note(_ what: String, _ facts: [String: String]) {
    resources.note(what, caller, facts)
  }
}
