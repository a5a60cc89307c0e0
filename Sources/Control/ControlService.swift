// Answers every call, and is the one place that judges who may make it: the same for a call that came over the admin
// socket and for a command that works on the state directory itself because no relay runs.

package import Access
package import Logging
package import Mailboxes
package import SMTP
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
  package var log: Logger?

  package init(
    mailboxes: MailboxStore, spool: Spool?, connector: any MailboxConnecting,
    settings: @escaping @Sendable () -> ControlSettings, status: (@Sendable () throws -> String)? = nil,
    requestFiled: @escaping @Sendable () -> Void = {}, log: Logger? = nil
  ) {
    self.mailboxes = mailboxes
    self.spool = spool
    self.connector = connector
    self.settings = settings
    self.status = status
    self.requestFiled = requestFiled
    self.log = log
  }
}

/// What the configuration says that a call depends on.
package struct ControlSettings: Sendable {
  package var hostname: String
  /// The entities' keys.
  package var entities: [String]
  package var providers: Providers
  package var approval: ApprovalRule

  package init(hostname: String, entities: [String], providers: Providers, approval: ApprovalRule) {
    self.hostname = hostname
    self.entities = entities
    self.providers = providers
    self.approval = approval
  }

  func requireEntity(_ key: String) throws(ControlRefusal) {
    if !entities.contains(key) { throw .noEntity(String(key.prefix(64))) }
  }
}

/// Goes the way of a mailbox's mail, for `connect` and `test`.
package protocol MailboxConnecting: Sendable {
  typealias Say = (StepReport) async throws -> Void

  /// Tests a described mailbox and saves it with `MailboxStore.connect(_:by:)`, which notes it in the audit list and uses
  /// up the approval. Saves nothing when a step fails.
  ///
  /// - Parameter sendingTest: a real message goes to the mailbox itself in the end.
  /// - Returns: what is to be said in the end.
  /// - Throws: the sentence of the step that failed, or what `say` throws: nobody listens any more.
  func connect(
    _ mailbox: Mailbox, sendingTest: Bool, by authorization: Authorization, saying say: Say
  ) async throws -> String

  /// Tests a saved mailbox with its own sign-in, and changes nothing.
  ///
  /// - Parameter recipient: gets a real message in the end.
  /// - Throws: as ``connect(_:sendingTest:by:saying:)``.
  func test(_ mailbox: Mailbox, sendingTo recipient: Address?, saying say: Say) async throws
}

/// One call while it is answered.
struct ControlContext: Sendable {
  let resources: ControlResources
  let settings: ControlSettings
  let caller: Caller
  let authorization: Authorization

  var mailboxes: MailboxStore { resources.mailboxes }

  var spool: Spool {
    get throws(ControlRefusal) {
      guard let spool = resources.spool else { throw .notRunning }
      return spool
    }
  }

  /// One line of the relay's log: who did what.
  func note(_ what: String, _ facts: [String: String]) {
    resources.note(what, caller, facts)
  }
}

package struct ControlService: Sendable {
  /// Takes one line of an answer.
  package typealias Say = (ControlReply) async throws -> Void

  private let resources: ControlResources

  package init(_ resources: ControlResources) {
    self.resources = resources
  }

  /// Does what is asked and says all there is to say, an ending last.
  ///
  /// - Throws: what `say` throws.
  package func answer(_ call: ControlCall, from caller: Caller, _ say: Say) async throws {
    let ending: ControlReply
    do {
      ending = try await judge(call.verb, caller, say)
    } catch let error as SpoolError {
      ending = .refused(error.sentence)
    } catch {
      ending = .refused("\(error)")
    }
    try await say(ending)
  }

  /// Lets the call be answered, or files the request for it, or refuses it.
  private func judge(_ verb: any ControlVerb, _ caller: Caller, _ say: Say) async throws -> ControlReply {
    let settings = resources.settings()
    let change = try verb.change(under: settings)
    if let change { try settings.requireEntity(change.entity) }
    let decision = Decision(
      verb.permission, for: caller.role, approval: settings.approval, isApproved: try await isApproved(change, caller))
    switch decision {
    case .allowed, .allowedByApproval:
      let authorization = Authorization(caller.requester, needsApproval: decision == .allowedByApproval)
      let context = ControlContext(
        resources: resources, settings: settings, caller: caller, authorization: authorization)
      return try await verb.answer(in: context, say)
    case .mustAsk:
      guard let change else { throw ControlRefusal.notACall }
      return .filed(try await file(change, caller, verb.justification))
    case .refused(let refusal):
      throw ControlRefusal.notAllowed(refusal, name: caller.requester.name)
    }
  }

  private func isApproved(_ change: ConnectionChange?, _ caller: Caller) async throws -> Bool {
    guard let change, caller.role != .administrator else { return false }
    return try await resources.mailboxes.isApproved(change, for: caller.requester.key)
  }

  private func file(
    _ change: ConnectionChange, _ caller: Caller, _ justification: String?
  ) async throws -> Request {
    guard change.isPlain else { throw ControlRefusal.notACall }
    guard let justification = justification.flatMap({ PlainText($0) }) else {
      throw ControlRefusal.justificationMissing
    }
    let request = try await resources.mailboxes.file(change, by: caller.requester, justification: justification)
    resources.note("a request was filed", caller, ["entity": "\(change.entity)", "request": "\(request.number)"])
    resources.requestFiled()
    return request
  }
}

extension ControlResources {
  fileprivate func note(_ what: String, _ caller: Caller, _ facts: [String: String]) {
    var metadata: Logger.Metadata = ["user": "\(caller.requester.name)"]
    for (key, value) in facts { metadata[key] = "\(value)" }
    log?.info("\(what)", metadata: metadata)
  }
}
