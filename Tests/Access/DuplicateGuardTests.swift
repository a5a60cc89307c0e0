// What an app hands in twice.

import Access
import Foundation
import SMTP
import Testing

private let start = Date(timeIntervalSince1970: 1_764_000_000)
private let span = Duration.seconds(600)

private func message(_ id: String = "<1@erp>", to recipients: [String] = ["ada@acme.example"], of app: String = "erp")
  throws -> MessageFingerprint
{
  try #require(MessageFingerprint(app: app, messageID: id, recipients: recipients.compactMap { Address($0) }))
}

@Suite struct `The guard against duplicates` {
  @Test func `knows a message once it was accepted, for the time that the app says`() throws {
    var duplicates = DuplicateGuard()
    let message = try message()
    #expect(!duplicates.isDuplicate(message, within: span, at: start), "and it may still be refused")
    #expect(!duplicates.isDuplicate(message, within: span, at: start))
    duplicates.remember(message, at: start)
    #expect(duplicates.isDuplicate(message, within: span, at: start.addingTimeInterval(599)))
    #expect(!duplicates.isDuplicate(message, within: span, at: start.addingTimeInterval(600)))
  }

  @Test func `compares app, Message-ID and the set of recipients`() throws {
    var duplicates = DuplicateGuard()
    duplicates.remember(try message(to: ["ada@acme.example", "bob@acme.example"]), at: start)
    let same = try message(" <1@erp>\r\n", to: ["bob@ACME.example", "ada@acme.example", "ada@acme.example"])
    #expect(duplicates.isDuplicate(same, within: span, at: start))
    for other in [
      try message(), try message("<2@erp>", to: ["ada@acme.example", "bob@acme.example"]),
      try message(to: ["Ada@acme.example", "bob@acme.example"]),
      try message(to: ["ada@acme.example", "bob@acme.example"], of: "crm"),
    ] {
      #expect(!duplicates.isDuplicate(other, within: span, at: start))
    }
  }

  @Test(arguments: ["", " ", "\r\n"])
  func `a message without a Message-ID is like none`(id: String) {
    #expect(MessageFingerprint(app: "erp", messageID: id, recipients: []) == nil)
  }

  @Test func `remembers the last 10,000 of each app`() throws {
    var duplicates = DuplicateGuard()
    duplicates.remember(try message("<0@crm>", of: "crm"), at: start)
    for number in 0...DuplicateGuard.mostMessages { duplicates.remember(try message("<\(number)@erp>"), at: start) }
    for (id, app, isKnown) in [
      ("<0@erp>", "erp", false), ("<1@erp>", "erp", true), ("<\(DuplicateGuard.mostMessages)@erp>", "erp", true),
      ("<0@crm>", "crm", true),
    ] {
      #expect(duplicates.isDuplicate(try message(id, of: app), within: span, at: start) == isKnown, "\(id)")
    }
  }

  @Test func `a message that comes again after its time is remembered anew`() throws {
    var duplicates = DuplicateGuard()
    let later = start.addingTimeInterval(700)
    duplicates.remember(try message("<again@erp>"), at: start)
    duplicates.remember(try message("<again@erp>"), at: later)
    for number in 2...DuplicateGuard.mostMessages { duplicates.remember(try message("<\(number)@erp>"), at: later) }
    #expect(duplicates.isDuplicate(try message("<again@erp>"), within: span, at: later))
  }

  @Test func `a clock set back by years keeps no message away`() throws {
    var duplicates = DuplicateGuard()
    duplicates.remember(try message(), at: start)
    #expect(duplicates.isDuplicate(try message(), within: span, at: start.addingTimeInterval(-1)))
    #expect(!duplicates.isDuplicate(try message(), within: span, at: start.addingTimeInterval(-1e8)))
  }

  @Test func `apps that are gone are forgotten`() throws {
    var duplicates = DuplicateGuard()
    duplicates.remember(try message(), at: start)
    duplicates.keep(only: ["crm"])
    #expect(!duplicates.isDuplicate(try message(), within: span, at: start))
  }
}
