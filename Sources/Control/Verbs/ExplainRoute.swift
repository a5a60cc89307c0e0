// Which app and entity a message would belong to, without one being sent.

package import Access
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
    try await say(.route(RouteExplanation(of: rules.route(request), by: rules, client)))
    return .done("")
  }

  private func address(_ text: String?) throws(ControlRefusal) -> Address? {
    guard let text else { return nil }
    guard let address = Address(text) else { throw .noAddress(text) }
    return address
  }
}

/// What would become of a message.
package struct RouteExplanation: Sendable, Equatable, Codable {
  package enum Fate: String, Sendable, Codable { case accepted, held, refused }

  package let outcome: Fate
  package let app: String?
  package let entity: String?
  /// Why that entity, or why none.
  package let reason: String
}

extension RouteExplanation {
  init(of decision: RouteDecision, by rules: SendingRules, _ client: ClientIdentity) {
    app = rules.app(of: client)?.name
    switch decision {
    case .entity(let entity, let why):
      (outcome, self.entity, reason) = (.accepted, entity.key, why.words)
    case .pending(let key):
      (outcome, entity) = (.held, nil)
      reason = "no app matches \(client.title), so it waits for an administrator as \(key): letterhead app pending"
    case .refused(let refusal):
      (outcome, entity, reason) = (.refused, nil, refusal.reply.text)
    case .undecided:
      (outcome, entity, reason) = (.refused, nil, "the header decides")
    }
  }
}

extension RouteReason {
  fileprivate var words: String {
    switch self {
    case .named(.header): "named by X-Letterhead-Entity"
    case .named(.user): "named at sign-in"
    case .named(.address): "named by the sender's part behind the plus"
    case .listener: "the listener's entity"
    case .sender: "its senders match the envelope's sender"
    case .author: "its senders match the header's From"
    case .firstOfApp: "the first of the app's entities"
    case .isDefault: "the default entity"
    }
  }
}
