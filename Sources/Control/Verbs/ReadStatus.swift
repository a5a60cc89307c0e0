// How the relay and every entity are doing, as the status file says it.

import Access

package struct ReadStatus: ControlVerb {
  package init() {}

  var permission: Permission { .readStatus }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    guard let status = context.resources.status else { throw ControlRefusal.notRunning }
    try await say(.status(try status()))
    return .done("")
  }
}
