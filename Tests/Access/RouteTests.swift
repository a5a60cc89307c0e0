// How a message finds its entity, and who may send as it.

import Mailboxes
import SMTP
import StorageConformance
import Testing

@testable import Access

@Suite struct `The route of a message` {
  private let directory = Directory(entities: [
    entity("acme", senders: ["*@acme.example"]), entity("shop", senders: ["*@shop.example", "till@*"]),
    entity("late", senders: ["*@acme.example"]), entity("other", isDefault: true),
  ])

  private func route(
    _ sender: String?, listener: String? = nil, authors: [String]? = nil, named: [String] = [],
    atSignIn: String? = nil, by client: ClientIdentity = .uid(1000), under rules: AccessRules = AccessRules(),
    in directory: Directory? = nil
  ) -> RouteDecision {
    let request = RouteRequest(
      client: client, listenerEntity: listener, namedAtSignIn: atSignIn, sender: sender.map(address),
      header: authors.map { RouteHeader(authors: $0.map(address), entities: named) })
    return SendingRules(rules, over: directory ?? self.directory).route(request)
  }

  // MARK: Before a message has begun

  @Test(
    arguments: [
      (nil, [], [], ["acme", "shop", "late", "other"]), ("shop", [], [], ["shop"]),
      (nil, ["plain"], [], ["plain"]), (nil, ["plain", "shop"], [], ["shop", "plain"]),
      ("shop", ["shop", "acme"], [.header], ["acme", "shop"]), ("late", ["shop"], [], []),
    ] as [(String?, [String], [App.Choice], [String])])
  func `leads to entities that are known when a client has connected`(
    listener: String?, entities: [String], choose: [App.Choice], keys: [String]
  ) {
    var erp = App(name: "erp")
    (erp.match, erp.entities, erp.choose) = ([.user("1000")], entities, choose)
    var rules = AccessRules()
    if !entities.isEmpty { rules.apps = [erp] }
    let all = Directory(entities: directory.entities + [entity("plain")])
    let request = RouteRequest(client: .uid(1000), listenerEntity: listener, sender: nil)
    #expect(SendingRules(rules, over: all).entities(openTo: request).map(\.key) == keys)
  }

  @Test func `leads nowhere for a client that is not let in`() {
    for unknown in [UnknownClients.refuse, .hold] {
      let request = RouteRequest(client: .uid(1000), unknown: unknown, sender: nil)
      #expect(SendingRules(AccessRules(), over: directory).entities(openTo: request).isEmpty)
    }
  }

  // MARK: Without apps

  @Test(
    arguments: [
      (nil, "billing@acme.example", "acme", .sender),  // the first that matches, in the configuration's order
      (nil, "till@acme.example", "acme", .sender),
      (nil, "till@unknown.example", "shop", .sender),
      ("shop", "billing@acme.example", "shop", .listener),  // the listener goes before the sender
      ("shop", nil, "shop", .listener),
    ] as [(String?, String?, String, RouteReason)])
  func `goes to the first entity that answers`(
    listener: String?, sender: String?, key: String, reason: RouteReason
  ) throws {
    #expect(route(sender, listener: listener) == .entity(try #require(directory.entity(key)), reason: reason))
  }

  @Test(arguments: [nil, "nobody@unknown.example", "www-data@web01"])
  func `waits for the header's From where no pattern matches the sender`(sender: String?) {
    #expect(route(sender) == .undecided)
  }

  /// Whom From names, and whose message it is.
  @Test(arguments: [
    (["sales@shop.example"], "shop"), (["x@unknown.example", "billing@acme.example"], "acme"),
    (["till@unknown.example", "billing@acme.example"], "acme"), (["x@unknown.example"], "other"), ([], "other"),
  ])
  func `is found by the header's From, else the default's`(authors: [String], key: String) {
    #expect(route("www-data@web01", authors: authors).entity == key)
  }

  @Test func `is nobody's without a default entity`() {
    let directory = Directory(entities: [entity("acme", senders: ["*@acme.example"])])
    #expect(route("a@b.example", in: directory) == .undecided)
    let sender = address("a@b.example")
    #expect(route("a@b.example", authors: ["a@b.example"], in: directory) == .refused(.noEntity(sender)))
    let silent = Directory(entities: [entity("acme", senders: [])])
    #expect(route(nil, in: silent) == .refused(.noEntity(nil)))
    #expect(route(nil, listener: "gone") == .refused(.changing))
  }

  @Test func `needs no header where one entity is the default`() {
    let only = entity("acme", senders: ["*@acme.example"], isDefault: true)
    #expect(route("root", in: Directory(entities: [only])) == .entity(only, reason: .isDefault))
  }

  @Test func `is not found by a star where the sender is null`() {
    let bounces = entity("bounces", senders: ["<>"])
    let directory = Directory(entities: [entity("acme", senders: ["*"]), bounces])
    #expect(route(nil, in: directory) == .entity(bounces, reason: .sender))
    #expect(route("root", in: directory).entity == "acme")
  }

  // MARK: With apps

  private static func rules(_ change: (inout App) -> Void) -> AccessRules {
    var app = App(name: "erp")
    app.match = [.user("1004")]
    app.entities = ["shop", "late"]
    change(&app)
    var rules = AccessRules()
    rules.apps = [app]
    return rules
  }

  @Test func `stays among the entities of its app, whose first is its own`() {
    let rules = Self.rules { _ in }
    // acme comes first in the file, and is not the app's.
    #expect(route("billing@acme.example", by: .uid(1004), under: rules).entity == "late")
    #expect(route("x@unknown.example", authors: ["y@acme.example"], by: .uid(1004), under: rules).entity == "late")
    #expect(
      route("x@unknown.example", authors: [], by: .uid(1004), under: rules)
        == .entity(directory.entity("shop")!, reason: .firstOfApp))
  }

  @Test func `is refused where its listener belongs to an entity that is not the app's`() {
    let answer = route("x@y.example", listener: "acme", by: .uid(1004), under: Self.rules { _ in })
    #expect(
      answer.refusal == """
        550 5.7.1 App erp (uid 1004) may not send as acme; add it to entities in [app.erp]
        """)
  }

  @Test func `is the one that the header names, where the app may choose so`() {
    let rules = Self.rules { $0.choose = [.header] }
    #expect(route("a@shop.example", by: .uid(1004), under: rules) == .undecided)
    let named = route("a@shop.example", authors: [], named: ["late"], by: .uid(1004), under: rules)
    #expect(named == .entity(directory.entity("late")!, reason: .named(.header)))
    #expect(
      route("a@shop.example", authors: [], named: ["acme"], by: .uid(1004), under: rules).refusal
        == "550 5.7.1 App erp (uid 1004) may not send as acme; add it to entities in [app.erp]")
    #expect(
      route("a@shop.example", authors: [], named: ["late", "shop"], by: .uid(1004), under: rules)
        == .refused(.namedTwice))
    #expect(
      route("a@shop.example", authors: [], named: ["no\u{1B}body"], by: .uid(1004), under: rules).refusal
        == "550 5.7.1 There is no entity \"no?body\", which app erp names")
  }

  @Test func `is refused where the header names one and the client may not choose`() {
    let rules = Self.rules { _ in }
    #expect(
      route("a@shop.example", authors: [], named: ["shop"], by: .uid(1004), under: rules).refusal
        == "550 5.7.1 App erp may not name its entity by X-Letterhead-Entity: add \"header\" to choose in [app.erp]")
    #expect(route("a@shop.example", authors: [], named: ["shop"]) == .refused(.mayNotChoose(.header, nil)))
  }

  @Test func `is the one named at sign-in, and the header goes before it`() {
    let rules = Self.rules { $0.choose = [.header, .user] }
    #expect(route("a@b.example", atSignIn: "late", by: .uid(1004), under: rules) == .undecided)
    #expect(route("a@b.example", authors: [], atSignIn: "late", by: .uid(1004), under: rules).entity == "late")
    let both = route("a@b.example", authors: [], named: ["shop"], atSignIn: "late", by: .uid(1004), under: rules)
    #expect(both.entity == "shop")
    let forbidden = route("a@b.example", atSignIn: "late", by: .uid(1004), under: Self.rules { _ in })
    #expect(forbidden.refusal?.hasPrefix("550 5.7.1 App erp may not name its entity by its user name") == true)
  }

  @Test(arguments: [
    ("x+late@any.example", "late"), ("a+b+shop@any.example", "shop"), ("x+newsletter@acme.example", "late"),
  ])
  func `is the one behind the plus of the sender, where there is such an entity`(sender: String, key: String) {
    let rules = Self.rules { $0.choose = [.address] }
    #expect(route(sender, by: .uid(1004), under: rules).entity == key)
  }

  @Test func `is refused where the plus names one that is not the app's, and never sent under another`() {
    let rules = Self.rules { $0.choose = [.address] }
    #expect(
      route("x+acme@shop.example", by: .uid(1004), under: rules).refusal
        == "550 5.7.1 App erp (uid 1004) may not send as acme; add it to entities in [app.erp]")
  }

  @Test func `is refused for a sender that the app may not use`() {
    let rules = Self.rules { $0.senders = [SenderPattern("*@acme.example")!] }
    #expect(route("x@acme.example", by: .uid(1004), under: rules).entity == "late")
    #expect(
      route("x@shop.example", by: .uid(1004), under: rules).refusal
        == "550 5.7.1 App erp may not use the sender <x@shop.example>: add it to senders in [app.erp]")
  }

  // MARK: `allow` of an entity

  @Test func `passes over an entity that the client may not use`() {
    var rules = AccessRules()
    rules.allow = ["acme": [.user("1"), .app("erp")], "other": [.group("staff")]]
    #expect(route("billing@acme.example", under: rules).entity == "late")
    #expect(route("billing@acme.example", by: .uid(1), under: rules).entity == "acme")
    #expect(
      route("x@unknown.example", authors: [], under: rules).refusal
        == "550 5.7.1 uid 1000 may not send as other; add \"user:1000\" to allow in [entity.other]")
  }

  @Test func `is refused to an app that was approved here in words that the configuration takes`() {
    var rules = Self.rules { $0.isApprovedHere = true }
    rules.allow = ["shop": [.group("staff")], "late": [.group("staff")]]
    #expect(
      route("x@y.example", authors: [], by: .uid(1004), under: rules).refusal
        == "550 5.7.1 App erp (uid 1004) may not send as shop; add \"user:1004\" to allow in [entity.shop]")
  }

  @Test func `is an entity's that allows the app`() {
    var rules = Self.rules { $0.entities = [] }
    rules.allow = ["acme": [.app("erp")]]
    #expect(route("billing@acme.example", by: .uid(1004), under: rules).entity == "acme")
  }
}

extension RouteDecision {
  fileprivate var entity: String? { if case .entity(let entity, _) = self { entity.key } else { nil } }
  fileprivate var refusal: String? {
    guard case .refused(let refusal) = self else { return nil }
    return refusal.reply.text
  }
}

extension ClientIdentity {
  static func uid(_ uid: UInt32, in service: ControlGroup? = nil) -> ClientIdentity {
    ClientIdentity(
      address: "127.0.0.1", listener: "127.0.0.1:25", user: LocalUser(uid: uid), service: service)
  }
}
