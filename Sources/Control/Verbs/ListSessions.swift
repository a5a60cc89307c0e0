// Who is connected to the listeners now: an administrator sees all sessions, everybody else their own.

import Access

package struct ListSessions: ControlVerb {
  package init() {}

  var permission: Permission { .readSessions }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    guard let sessions = context.resources.sessions else { throw ControlRefusal.notRunning }
    let all = await sessions().filter { context.caller.maySee($0) }
    for session in all.sorted(by: { $0.seconds > $1.seconds }) { try await say(.session(session)) }
    return .done(all.isEmpty ? "Nobody is connected." : "")
  }
}

extension Caller {
  fileprivate func maySee(_ session: LiveSession) -> Bool {
    if role == .administrator { return true }
    guard case .unixUser(let uid, _) = principal else { return false }
    return session.uid == uid && !session.isContained
  }
}
