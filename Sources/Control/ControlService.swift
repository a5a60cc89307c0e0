// Answers every call, and is the one place that judges who may make it: the same for a call that came over the admin
// socket and for a command that works on the state directory itself because no relay runs.

package import Access
import Logs
import Mailboxes
import Spool

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
    let change = try await verb.change(in: resources, under: settings)
    if let change {
      try settings.requireEntity(change.entity)
      if change.namesLocalProof { try await requireOwner(caller, of: change) }
    }
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

  /// The relay reads the file, or runs the program, as its own user, and shows what it found to the token endpoint: that is
  /// for those who could do so anyway. Others may renew what is saved, as long as all of it stays.
  private func requireOwner(_ caller: Caller, of change: ConnectionChange) async throws {
    if caller.principal.ownsState { return }
    guard let saved = try await resources.mailboxes.load().mailbox(of: change.entity),
      ConnectionChange(connecting: saved).isSame(as: change)
    else { throw ControlRefusal.localProof }
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
      if let other = try await resources.mailboxes.approvedOtherwise(change, for: caller.requester.key) {
        throw StoreError.request(other)
      }
      throw ControlRefusal.justificationMissing
    }
    let request = try await resources.mailboxes.file(change, by: caller.requester, justification: justification)
    resources.note("request", by: caller, [.entity: change.entity, .request: "\(request.number)"])
    resources.requestFiled()
    return request
  }
}
