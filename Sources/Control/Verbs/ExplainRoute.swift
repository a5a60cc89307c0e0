// Which app and entity a message would belong to, without one being sent.

package import Access
import Foundation
import Mailboxes
import SMTP

package struct ExplainRoute: ControlVerb {
  /// As the relay would see it.
  package let client: ClientIdentity
  package let sender: String?
  /// Of the header; `nil`: the header names nobody.
  package let author: String?
  /// The value of `X-Letterhead-Entity`.
  package let named: String?
  package let namedAtSignIn: String?

  /// - Parameter sender: `nil` is the null sender.
  package init(
    client: ClientIdentity, sender: String?, author: String? = nil, named: String? = nil, namedAtSignIn: String? = nil
  ) {
    self.client = client
    self.sender = sender
    self.author = author
    self.named = named
    self.namedAtSignIn = namedAtSignIn
  }

  var permission: Permission { .explainRoute }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let sender = try address(sender)
    let access = context.access
    if let app = client.app, !access.apps.contains(where: { $0.name == app }) {
      throw ControlRefusal.noApp(app)
    }
    let listener = context.settings.listeners.first { $0.address == client.listener }
    let request = RouteRequest(
      client: client, listenerEntity: listener?.entity, unknown: listener?.unknown, namedAtSignIn: namedAtSignIn,
      sender: sender,
      header: RouteHeader(authors: try address(author).map { [$0] } ?? [], entities: named.map { [$0] } ?? []))
    let directory = try await context.mailboxes.load()
    let rules = SendingRules(access, over: directory)
    try await say(.route(explanation(of: rules.route(request), by: rules, in: context)))
    return .done("")
  }

  private func explanation(
    of decision: RouteDecision, by rules: SendingRules, in context: ControlContext
  ) -> RouteExplanation {
    var explanation = RouteExplanation(of: decision, by: rules, client)
    if explanation.outcome == .refused { return explanation }
    let app = rules.app(of: client)
    var limits = [RouteLimits(of: context.settings), app.flatMap { RouteLimits(of: $0) }]
    if case .entity(let entity, _) = decision {
      explanation.handling = RouteHandling(of: entity, by: app, in: rules.directory, at: Date())
      // What goes to the sandbox goes through no mailbox.
      if app?.mode != .sandbox {
        let maximum = context.resources.maximumOctets(entity.key)
        limits.append(RouteLimits(ofMailbox: rules.directory.limits(of: entity.key), upTo: maximum))
      }
    }
    explanation.limits = limits.compactMap(\.self)
    return explanation
  }

  private func address(_ text: String?) throws(ControlRefusal) -> Address? {
    guard let text else { return nil }
    guard let address = Address(text) else { throw .noAddress(text) }
    return address
  }
}
