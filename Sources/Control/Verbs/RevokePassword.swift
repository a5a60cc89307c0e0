// Takes an app's password away.

import Access
import Mailboxes

package struct RevokePassword: ControlVerb {
  package let app: String

  package init(app: String) {
    self.app = app
  }

  var permission: Permission { .changeApps }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let name = String(app.prefix(64))
    do {
      try await context.mailboxes.revokePassword(of: app, by: context.caller.requester)
    } catch StoreError.app(.noPassword) {
      throw StoreError.app(.noPassword(app: name))
    }
    await context.resources.credentialsRevoked(app)
    context.note("a password was revoked", ["app": "\(name)"])
    return .done("The password of \(name) is gone, and so are the sessions that were signed in with it.")
  }
}
