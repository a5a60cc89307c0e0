// The apps that the relay knows: what each may do, its password's age, and what it did lately.

import Access
import Foundation
import Mailboxes

package struct ListApps: ControlVerb {
  /// This one only.
  package let name: String?

  package init(name: String? = nil) {
    self.name = name
  }

  var permission: Permission { .readApps }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    // What is known of apps needs no key, and is there when the mailboxes cannot be opened.
    do throws(StoreError) { _ = try await context.mailboxes.load() } catch { if !error.isOfKey { throw error } }
    let wanted = context.apps(at: Date()).filter { name == nil || $0.name == name }
    for var summary in wanted {
      summary.activity = await context.resources.appActivity?(summary.name)
      try await say(.app(summary))
    }
    if let name, wanted.isEmpty { throw ControlRefusal.noApp(String(name.prefix(64))) }
    return .done(wanted.isEmpty ? "There are no apps. One is a table [app.NAME] of the configuration." : "")
  }
}

extension ControlContext {
  /// The configuration's, those approved here, and what has nothing but a password any more.
  fileprivate func apps(at now: Date) -> [AppSummary] {
    let registry = mailboxes.apps
    let apps = settings.access.including(registry.approved).apps
    let names = Set(apps.map(\.name))
    let leftOver = registry.credentials.values.filter { !names.contains($0.app) }.sorted { $0.app < $1.app }
    return apps.map { AppSummary($0, registry.credentials[$0.name], at: now) }
      + leftOver.map { AppSummary(leftOver: $0, at: now) }
  }
}
