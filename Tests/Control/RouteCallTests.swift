// What `letterhead route` tells of a message besides whose it is: its app's mode, as whom it would go out, what keeps it, and
// the limits on it.

import Access
import Foundation
import Mailboxes
import Message
import SMTP
import Support
import Testing

@testable import Control

@Suite struct `An explained route` {
  private let mailboxes: MailboxStore

  init() throws {
    var acme = Entity(key: "acme", name: "Acme S.p.A.", isDefault: true)
    acme.limits = SendingLimits(messagesPerMinute: 28, recipientsPerDay: 10_000)
    mailboxes = try .inMemory(entities: [
      acme, Entity(key: "beta", name: "Beta", displayName: .entity, replyTo: .none),
    ])
  }

  private func service(_ app: App) -> ControlService {
    var settings = ControlSettings(
      hostname: "relay.example", entities: ["acme", "beta"], providers: Providers(), approval: .off)
    settings.access.apps = [app]
    (settings.maxMessageOctets, settings.maxRecipients) = (1000, 50)
    var resources = ControlResources(
      mailboxes: mailboxes, spool: nil, connector: RehearsedConnector(mailboxes),
      settings: { [settings] in settings })
    resources.maximumOctets = { _ in 700 }
    return ControlService(resources)
  }

  private func explanation(
    sender: String = "erp@acme.example", _ change: (inout App) -> Void = { _ in }
  ) async throws -> RouteExplanation {
    var app = App(name: "erp")
    app.match = [.unit("erp.service")]
    change(&app)
    let client = ClientIdentity(
      address: "127.0.0.1", listener: "127.0.0.1:25", user: LocalUser(uid: 1004, name: "erp", groups: []),
      service: .unit("erp.service"))
    var found: RouteExplanation?
    try await service(app).answer(.explainRoute(ExplainRoute(client: client, sender: sender)), from: root) {
      if case .route(let explanation) = $0 { found = explanation }
    }
    return try #require(found)
  }

  private func connect() async throws {
    try await service(App(name: "erp")).answer(.connect(), from: root) { _ in }
  }

  @Test func `tells as whom it goes out, and each who limits it`() async throws {
    try await connect()
    let found = try await explanation { app in
      (app.limits.messagesPerMinute, app.limits.maxMessageOctets, app.limits.beyond) = (60, 500, .hold)
    }
    #expect(found.outcome == .accepted && found.entity == "acme")
    let handling = try #require(found.handling)
    #expect(handling.mode == "normal" && handling.address == "office@acme.example" && handling.waits == nil)
    #expect(handling.displayName == "keep" && handling.name == nil && handling.replyTo == "original")
    var (own, apps, mailbox) = (
      RouteLimits(place: "[limits]"), RouteLimits(place: "[app.erp.limits]"), RouteLimits(place: "mailbox")
    )
    (own.maxMessageBytes, own.recipientsPerMessage) = (1000, 50)
    (apps.maxMessageBytes, apps.messagesPerMinute, apps.beyond) = (500, 60, "hold")
    (mailbox.maxMessageBytes, mailbox.messagesPerMinute, mailbox.recipientsPerDay) = (700, 28, 10_000)
    #expect(found.limits == [own, apps, mailbox])
  }

  @Test(
    arguments: [
      (.normal, .accepted, "normal", ["[limits]", "mailbox"]), (.hold, .held, "hold", ["[limits]", "mailbox"]),
      // It goes through no mailbox.
      (.sandbox, .accepted, "sandbox", ["[limits]"]),
      (
        .redirect(Address(localPart: "test", domain: "acme.example")), .accepted, "redirect:test@acme.example",
        ["[limits]", "mailbox"]
      ),
    ] as [(App.Mode, RouteExplanation.Fate, String, [String])])
  func `tells the app's mode`(
    mode: App.Mode, outcome: RouteExplanation.Fate, words: String, limits: [String]
  ) async throws {
    try await connect()
    let found = try await explanation { $0.mode = mode }
    #expect(found.outcome == outcome && found.entity == "acme" && found.handling?.mode == words)
    #expect(found.limits.map(\.place) == limits)
  }

  @Test func `tells what the mail would wait for`() async throws {
    var waits = try await explanation().handling?.waits
    #expect(waits == "No mailbox is connected. Run: letterhead connect acme --help")
    #expect(try await explanation { $0.mode = .sandbox }.handling?.waits == nil)
    try await connect()
    let generation = try #require(try await mailboxes.load().mailbox(of: "acme")).generation
    let fault = Fault(class: .auth, since: Date(), summary: "Refused.", remedy: "Ask.", upstream: "535")
    try await mailboxes.setCondition(.broken(fault, probe: true), of: "acme", generation: generation)
    waits = try await explanation().handling?.waits
    #expect(waits == "The error flag is up: Refused. Run: letterhead status")
    let end = Date() + 3600
    try await mailboxes.setCondition(.paused(until: end, fault), of: "acme", generation: generation)
    #expect(
      try await explanation().handling?.waits == "The mailbox is paused until \(end.formatted(.iso8601)).")
    _ = try await mailboxes.hold("acme", by: root.requester, at: Date())
    waits = try await explanation().handling?.waits
    #expect(waits?.contains("letterhead queue release --entity acme") == true)
  }

  @Test func `tells the name and the answers that the entity asks for`() async throws {
    let handling = try #require(try await explanation { $0.entities = ["beta"] }.handling)
    #expect(handling.name == "Beta" && handling.replyTo == "none" && handling.address == nil)
  }

  @Test func `has nothing more to tell of what is refused`() async throws {
    let found = try await explanation(sender: "a@b.example") {
      $0.senders = ["erp@acme.example"].compactMap(SenderPattern.init)
    }
    #expect(found.outcome == .refused && found.handling == nil && found.limits.isEmpty)
  }
}
