// What a verb has at hand while it answers.

import Access
import Logs
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

  /// One line of the relay's log, about what the store has written into the audit list with the change itself.
  func note(_ act: String, _ fields: LoggedFields) {
    resources.note(act, by: caller, fields)
  }

  /// The same about what changes nothing in the store: into the audit list as well. What was done is done, and is not
  /// undone where that fails.
  func record(_ verb: AuditEntry.Verb, _ detail: String, of entity: String, as act: String, _ fields: LoggedFields)
    async
  {
    note(act, (entity.isEmpty ? [:] : [.entity: entity]) + fields)
    do throws(StoreError) {
      try await mailboxes.note(verb, detail, of: entity, by: caller.requester)
    } catch {
      resources.log?.tell(.auditFailed, [.act: act, .user: caller.requester.name, .reason: "\(error)"])
    }
  }
}
