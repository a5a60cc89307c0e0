// Takes an app's password away, and the approval of one that was approved here.

import Access
import Logs
import Mailboxes

package struct RevokePassword: ControlVerb {
  package let app: String

  package init(app: String) {
    self.app = app
  }

  var permission: Permission { .changeApps }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let name = String(app.prefix(64))
    _ = try await context.mailboxes.load()
    let known = context.mailboxes.apps
    let isApproved = known.approved.contains { $0.name == app }
    let hasPassword = known.credentials[app] != nil
    guard isApproved || hasPassword else {
      guard context.access.apps.contains(where: { $0.name == app }) else { throw ControlRefusal.noApp(name) }
      throw StoreError.app(.noPassword(app: name))
    }
    if hasPassword { try await context.mailboxes.revokePassword(of: app, by: context.caller.requester) }
    if isApproved { _ = try await context.mailboxes.withdrawApproval(of: app, by: context.caller.requester) }
    await context.resources.credentialsRevoked(app)
    context.note("app revoke", [.app: name])
    return .done(Self.sentence(name, hasPassword, isApproved))
  }

  private static func sentence(_ name: String, _ hadPassword: Bool, _ wasApproved: Bool) -> String {
    let password = "The password of \(name) is gone, and so are the sessions that were signed in with it."
    let approval = "The approval of \(name) is withdrawn: its mail is an unknown sender's again."
    return [hadPassword ? password : nil, wasApproved ? approval : nil].compactMap { $0 }.joined(separator: " ")
  }
}
