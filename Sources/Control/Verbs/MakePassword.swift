// Makes the password of an app, shown to the administrator who asks and to nobody else.

import Access
import Logs
package import Mailboxes

package struct MakePassword: ControlVerb {
  package let order: PasswordOrder

  package init(_ order: PasswordOrder) {
    self.order = order
  }

  var permission: Permission { .changeApps }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    guard let app = context.settings.access.apps.first(where: { $0.name == order.app }) else {
      throw ControlRefusal.noApp(String(order.app.prefix(64)))
    }
    let password = try await context.mailboxes.makePassword(order, by: context.caller.requester)
    context.note("app password", [.app: app.name])
    if order.rotates, order.grace == 0 { await context.resources.credentialsRevoked(app.name) }
    for sentence in objections(to: app) { try await say(.note(sentence)) }
    try await say(
      .password(
        ShownPassword(app: app.name, password: password.secret.reveal(), places: context.settings.signInPlaces)))
    return .done("")
  }

  /// Why the app cannot use it yet.
  private func objections(to app: App) -> [String] {
    var sentences: [String] = []
    if !app.signsIn {
      sentences.append("\(app.name) may not sign in yet: set sign_in = true in [app.\(app.name)], and reload.")
    }
    if order.keepsEquivalent, !app.signsInByCramMD5 {
      sentences.append("CRAM-MD5 is not offered yet: set cram_md5 = true in [app.\(app.name)], and reload.")
    }
    if !order.keepsEquivalent, app.signsInByCramMD5 {
      sentences.append(
        "This password does not work by CRAM-MD5. To make one that does: letterhead app password \(app.name) --rotate "
          + "--cram-md5")
    }
    return sentences
  }
}
