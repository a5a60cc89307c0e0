// When a message is tried next: a table of everything that may keep it.

import Foundation
import Mailboxes
import Message
import SMTP
import Testing

@testable import Control
@testable import Spool

private let noon = Date(timeIntervalSince1970: 1_795_348_800)  // 2026-11-22T12:00:00Z
private let fault = Fault(class: .throttle, since: noon, summary: "Too fast.", remedy: "Wait.", upstream: "421")

@Suite struct NextAttemptTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var key = "acme"
    var state = ListedMessage.State.waiting
    var due: TimeInterval = 0
    var isLeased = false
    var isConnected = true
    var condition = Condition.working
    var isOnHold = false
    var outlook: SendingOutlook? = .open
    var rule = UnknownOutcomeRule.check
    var isDeferredLook = false
    let words: String?
  }

  static let rows = [
    Row(testDescription: "nothing keeps it", words: "now"),
    Row(testDescription: "its time is past", due: -600, words: "now"),
    Row(testDescription: "it backs off", state: .deferred, due: 600, words: "at 2026-11-22T12:10:00Z"),
    Row(testDescription: "it is being sent", due: 600, isLeased: true, words: "under way"),
    Row(
      testDescription: "whoever was sending it is gone", due: 600, isLeased: true, outlook: nil,
      words: "at 2026-11-22T12:10:00Z"),
    Row(
      testDescription: "the mailbox is paused", condition: .paused(until: noon + 3600, fault),
      outlook: .notBefore(noon + 3600), words: "at 2026-11-22T13:00:00Z"),
    Row(
      testDescription: "the mailbox is paused, and no relay runs", condition: .paused(until: noon + 3600, fault),
      outlook: nil, words: "at 2026-11-22T13:00:00Z"),
    Row(
      testDescription: "it backs off for longer than the pause", state: .deferred, due: 7200,
      condition: .paused(until: noon + 3600, fault), outlook: .notBefore(noon + 3600), words: "at 2026-11-22T14:00:00Z"),
    Row(
      testDescription: "the rate is used up", outlook: .notBefore(noon + 60), words: "at 2026-11-22T12:01:00Z"),
    Row(
      testDescription: "it is reserved and waits for the rate", due: 900, isLeased: true,
      outlook: .notBefore(noon + 60), words: "at 2026-11-22T12:01:00Z"),
    Row(
      testDescription: "the server is away", outlook: .nextLook(noon + 120), words: "at 2026-11-22T12:02:00Z"),
    Row(
      testDescription: "the flag is up", condition: .broken(fault, probe: true), outlook: .nextLook(noon + 900),
      words: "when the error flag is cleared; the relay looks at the mailbox again at 2026-11-22T12:15:00Z"),
    Row(
      testDescription: "the password was refused", condition: .broken(fault, probe: false), outlook: .nextLook(nil),
      words: "when the error flag is cleared"),
    Row(
      testDescription: "nothing is connected", isConnected: false, outlook: nil, words: "when a mailbox is connected"),
    Row(testDescription: "the entity is on hold", isOnHold: true, outlook: nil, words: "when acme is released"),
    Row(
      testDescription: "the entity is on hold, and nothing is connected", isConnected: false, isOnHold: true,
      outlook: nil, words: "when acme is released"),
    Row(testDescription: "it is held by hand", state: .held, isOnHold: true, words: "when it is released"),
    Row(
      testDescription: "its sender is unknown", key: "?uid:33", state: .held, outlook: nil,
      words: "when its sender is approved"),
    Row(testDescription: "it goes to the sandbox", key: "acme?sandbox", words: "now"),
    Row(
      testDescription: "it is to be looked for", state: .unknown, due: 10,
      words: "when Sent has been looked into; the first look is at 2026-11-22T12:00:10Z"),
    Row(
      testDescription: "it is looked for again", state: .unknown, due: 60, isDeferredLook: true,
      words: "when Sent has been looked into; the next look is at 2026-11-22T12:01:00Z"),
    Row(
      testDescription: "it is to be looked for, and nothing is connected", state: .unknown, isConnected: false,
      outlook: nil, words: "when a mailbox is connected"),
    Row(
      testDescription: "a person is to decide, whatever is connected", state: .unknown, isConnected: false,
      outlook: nil, rule: .hold, words: "when you have decided whether it has arrived"),
    Row(
      testDescription: "nobody is to decide any more", state: .unknown, due: 10, rule: .retry,
      words: "at 2026-11-22T12:00:10Z"),
    Row(testDescription: "it has failed", state: .failed, words: nil),
    Row(testDescription: "only its copy is due", state: .filing, words: nil),
    Row(testDescription: "it is damaged", state: .damaged, words: nil),
  ]

  @Test(arguments: rows)
  func `the next attempt is what everything together makes of it`(row: Row) {
    let directory = Directory(
      entities: [Entity(key: "acme", name: "Acme", unknownOutcome: row.rule)],
      mailboxes: row.isConnected ? ["acme": described] : [:],
      conditions: row.condition == .working ? [:] : ["acme": row.condition],
      holds: row.isOnHold
        ? ["acme": EntityHold(entity: "acme", since: noon, by: Requester(key: "uid:0", name: "root"))] : [:])
    let message = ListedMessage(
      id: MessageID(rawValue: 7), entity: row.key, state: row.state,
      envelope: Envelope(sender: nil, recipients: []), octetCount: 1, receivedAt: noon, due: noon + row.due,
      attempts: 1, isLeased: row.isLeased, isReport: false, perhapsSent: false,
      unknown: row.state == .unknown
        ? UnknownOutcome(
          writtenAt: noon, recipients: [], messageID: nil, sentAs: nil,
          finding: row.isDeferredLook ? "not in Sent yet" : "")
        : nil,
      copy: nil, isPartlyDelivered: false, source: MessageSource(client: ""),
      messageID: nil,
      heldBecause: nil, words: "")
    #expect(NextAttempt(of: message, in: directory, row.outlook, at: noon)?.words(at: noon) == row.words)
  }
}
