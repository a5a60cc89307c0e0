// How a message finds its entity.

import Foundation
import Mailboxes
import SMTP
import StorageConformance
import Testing

@Suite struct RoutesTests {
  @Test(arguments: [
    ("*@acme.example", "billing@acme.example", true),
    ("*@acme.example", "Billing@ACME.Example", true),  // domains have no case
    ("ERP@localhost", "erp@LOCALHOST", true),  // nor do patterns, in either part
    ("*@acme.example", "billing@sub.acme.example", false),
    ("*@acme.example", "billing@notacme.example", false),
    ("*@acme.example", "root", false),
    ("*@*.acme.example", "a@mail.acme.example", true),
    ("*@*.acme.example", "a@x.y.acme.example", true),
    ("*@*.acme.example", "a@acme.example", false),
    ("erp@localhost", "erp@localhost", true),
    ("erp@localhost", "erp2@localhost", false),
    ("erp-*@localhost", "erp-7@localhost", true),
    ("*-erp-*@*", "old-erp-erp-7@anywhere", true),
    ("*", "anybody@anywhere.example", true),
    ("*", "root", true),
    ("*@*", "root", false),  // an @ asks for a domain
    ("root", "root", true),  // cron: MAIL FROM:<root>
    ("root", "root@localhost", false),
    ("\"a@b\"@c.example", "\"a@b\"@c.example", true),  // the last @ divides
    ("büro@acme.example", "büro@acme.example", true),
  ])
  func `a pattern matches a sender`(pattern: String, sender: String, matches: Bool) throws {
    #expect(try #require(SenderPattern(pattern)).matches(address(sender)) == matches)
  }

  @Test(arguments: ["", "@acme.example", "erp@", "<erp@localhost>", "a b@c", "a@b\n", "@"])
  func `a pattern no address can match is none`(text: String) {
    #expect(SenderPattern(text) == nil)
  }

  @Test func `a pattern with many stars gives up in reasonable time`() throws {
    let pattern = try #require(SenderPattern(String(repeating: "*a", count: 30) + "@x"))
    #expect(!pattern.matches(address(String(repeating: "a", count: 2000) + "b@x")))
  }

  private let directory = Directory(entities: [
    entity("acme", senders: ["*@acme.example"]), entity("shop", senders: ["*@shop.example", "till@*"]),
    entity("late", senders: ["*@acme.example"]), entity("other", isDefault: true),
  ])

  @Test(
    arguments: [
      (nil, "billing@acme.example", "acme"),  // the first that matches, in the configuration's order
      (nil, "till@acme.example", "acme"),
      (nil, "till@unknown.example", "shop"),
      ("shop", "billing@acme.example", "shop"),  // the listener goes before the sender
      ("shop", nil, "shop"),
    ] as [(String?, String?, String)])
  func `a message goes to the first entity that answers`(listener: String?, sender: String?, key: String) {
    let found = directory.entity(key).map { RouteByEnvelope.entity($0) }
    #expect(directory.route(for: sender.map(address), listener: listener) == found)
  }

  @Test(arguments: [nil, "nobody@unknown.example", "www-data@web01"])
  func `a sender that no pattern matches leaves it to the header's From`(sender: String?) {
    #expect(directory.route(for: sender.map(address), listener: nil) == .undecided)
  }

  /// Whom From names, and whose message it is.
  @Test(arguments: [
    (["sales@shop.example"], "shop"), (["x@unknown.example", "billing@acme.example"], "acme"),
    (["till@unknown.example", "billing@acme.example"], "acme"), (["x@unknown.example"], "other"), ([], "other"),
  ])
  func `the header's From finds the entity, else the default does`(authors: [String], key: String) {
    #expect(directory.entity(forAuthors: authors.map(address))?.key == key)
  }

  @Test func `without a default entity an unknown sender belongs to nobody`() {
    let directory = Directory(entities: [entity("acme", senders: ["*@acme.example"])])
    #expect(directory.route(for: address("a@b.example"), listener: nil) == .undecided)
    #expect(directory.entity(forAuthors: [address("a@b.example")]) == nil)
    #expect(Directory(entities: [entity("acme", senders: [])]).route(for: nil, listener: nil) == .none)
    #expect(directory.route(for: nil, listener: "gone") == .none)
  }

  @Test func `one entity that is the default needs no header`() {
    let only = entity("acme", senders: ["*@acme.example"], isDefault: true)
    #expect(Directory(entities: [only]).route(for: address("root"), listener: nil) == .entity(only))
  }

  @Test func `the null sender is a pattern of its own`() throws {
    let bounces = entity("bounces", senders: ["<>"])
    let directory = Directory(entities: [entity("acme", senders: ["*"]), bounces])
    #expect(directory.route(for: nil, listener: nil) == .entity(bounces))
    #expect(directory.route(for: address("root"), listener: nil) != .entity(bounces))
    let pattern = try #require(SenderPattern("<>"))
    #expect(!pattern.matches(address("@host")) && pattern.matches(nil))
  }
}
