// The state of an entity as the status shows it, and the secrets nothing shows.

import Foundation
import Mailboxes
import Message
import StorageConformance
import Testing

@Suite struct DirectoryTests {
  private func directory(_ condition: Condition) -> Directory {
    Directory(
      entities: [entity("acme")], mailboxes: ["acme": mailbox(of: "acme")], conditions: ["acme": condition])
  }

  @Test(
    arguments: [
      (.working, .connected),
      (.paused(until: noon + 60, fault), .paused),
      (.paused(until: noon, fault), .connected),  // its time is over
      (.broken(fault, probe: true), .error),
      (.broken(fault, probe: false), .error),
    ] as [(Condition, Directory.State)])
  func `a connected entity is as its mailbox is`(condition: Condition, state: Directory.State) {
    #expect(directory(condition).state(of: "acme", at: noon) == state)
  }

  @Test func `an entity without a mailbox is disconnected`() {
    #expect(directory(.working).state(of: "beta", at: noon) == .disconnected)
    #expect(directory(.working).identity(of: "beta") == nil)
  }

  @Test func `mail goes out under the mailbox's address and the entity's wishes`() {
    var acme = entity("acme")
    acme.displayName = .mailbox
    acme.replyTo = .none
    let directory = Directory(entities: [acme], mailboxes: ["acme": mailbox(of: "acme")])
    #expect(
      directory.identity(of: "acme")
        == Identity(
          address: address("office@acme.example"), mailboxName: "Office", entityName: "Acme", displayName: .mailbox,
          replyTo: .none))
  }

  @Test func `nothing that is printed shows a secret`() {
    let mailboxes = [mailbox(of: "acme", password: "swordfish"), oauthMailbox(of: "acme")]
    var text = "\(mailboxes)" + String(reflecting: mailboxes) + "\(Secret("swordfish"))"
    dump(mailboxes, to: &text)
    dump(Directory(entities: [], mailboxes: ["acme": mailboxes[0]]), to: &text)
    for secret in ["swordfish", "refresh-1", "client secret"] { #expect(!text.contains(secret)) }
    #expect(text.contains("[secret]"))
  }

  @Test func `a secret is what was put in`() {
    #expect(Secret("påss wörd\0&").reveal() == "påss wörd\0&")
    #expect(Secret("a") == Secret(octets: [0x61]))
    #expect(Secret("a") != Secret("b"))
    #expect(Secret("").isEmpty)
    #expect(Secret("").reveal().isEmpty)
  }
}
