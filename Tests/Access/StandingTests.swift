// As which app a client is recognised, and what becomes of one that is none.

import Mailboxes
import Testing

@testable import Access

@Suite struct `A client is recognised` {
  private static let container = String(repeating: "4f", count: 32)

  private func app(_ name: String, _ patterns: [String]) -> App {
    var app = App(name: name)
    app.match = patterns.compactMap { AppPattern($0) }
    return app
  }

  private func found(_ apps: [App], _ client: ClientIdentity) -> String? {
    var rules = AccessRules()
    rules.apps = apps
    return SendingRules(rules, over: Directory(entities: [])).app(of: client)?.name
  }

  private let php = ClientIdentity(
    address: "127.0.0.1", listener: "127.0.0.1:25",
    user: LocalUser(uid: 33, name: "www-data", groups: ["www-data", "staff"]),
    service: .unit("php8.2-fpm.service"))

  @Test(arguments: [
    "unit:php8.2-fpm.service", "user:www-data", "user:33", "group:staff", "net:127.0.0.0/8", "listener:127.0.0.1:25",
  ])
  func `by each kind of pattern`(pattern: String) {
    #expect(found([app("one", [pattern])], php) == "one")
    #expect(found([app("one", [pattern])], ClientIdentity(address: "192.0.2.1", listener: "x")) == nil)
  }

  @Test func `by the pattern that says most, and within a kind by the first in the file`() {
    let apps = [app("host", ["net:127.0.0.1"]), app("web", ["user:www-data"]), app("web2", ["user:33"])]
    #expect(found(apps, php) == "web")
    #expect(found(apps + [app("fpm", ["unit:php8.2-fpm.service"])], php) == "fpm")
  }

  @Test func `by its sign-in before all else`() {
    var client = php
    client.app = "crm"
    #expect(found([app("web", ["user:33"]), app("crm", [])], client) == "crm")
    client.app = "gone"
    #expect(found([app("web", ["user:33"])], client) == nil)
  }

  @Test func `in a container by the container alone, and never as a user of the host`() {
    let root = ClientIdentity(
      address: "127.0.0.1", listener: "l", user: LocalUser(uid: 0, name: "root", groups: ["root"]),
      service: .container(Self.container))
    let apps = [app("root", ["user:root", "user:0", "group:root"])]
    #expect(found(apps, root) == nil)
    #expect(found(apps + [app("shop", ["container:4f4f4f4f4f4f"])], root) == "shop")
  }

  @Test func `by the whole name of a container that has no id`() {
    let named = ClientIdentity(address: "", listener: "l", service: .container("webserver-production"))
    #expect(found([app("web", ["container:webserver"])], named) == nil)
    #expect(found([app("web", ["container:webserver-production"])], named) == "web")
    #expect("\(PendingKey(named))" == "container:webserver-production")
    #expect(PendingKey("container:webserver-production") == PendingKey(named))
  }

  @Test func `never by a unit that a user named`() {
    let liar = ClientIdentity(
      address: "127.0.0.1", listener: "l", user: LocalUser(uid: 1000), service: .userUnit("erp.service", uid: 1000))
    #expect(found([app("erp", ["unit:erp.service"])], liar) == nil)
  }

  @Test(
    arguments: [
      (nil, false, ClientStanding.unknown), (nil, true, .pending(PendingKey(.uid(7)))),
      (.allow, true, .unknown), (.hold, false, .pending(PendingKey(.uid(7)))),
      (.refuse, false, .refused(.unknownClient(.uid(7)))),
    ] as [(UnknownClients?, Bool, ClientStanding)])
  func `or is unknown, and what then is configured`(unknown: UnknownClients?, hasApps: Bool, standing: ClientStanding) {
    var rules = AccessRules()
    rules.unknown = unknown
    rules.apps = hasApps ? [app("erp", ["user:1004"])] : []
    #expect(SendingRules(rules, over: Directory(entities: [])).standing(of: .uid(7)) == standing)
  }

  @Test func `or is denied, though unknown ones are let in`() {
    var rules = AccessRules()
    rules.denied = ["\(PendingKey(.uid(7)))"]
    let judge = SendingRules(rules, over: Directory(entities: []))
    #expect(judge.standing(of: .uid(7)) == .refused(.denied(.uid(7))))
    #expect(judge.standing(of: .uid(8)) == .unknown)
  }
}
