// Each change of a flag is told once, and never a storm.

import Foundation
import Mailboxes
import SMTP
import Status
import Testing

@testable import Letterhead

@Suite struct FlagLedgerTests {
  private let start = ContinuousClock.now
  private let refused = fault("The password is refused.")
  private let policy = fault("SMTP is switched off.")

  private static func fault(_ summary: String) -> Fault {
    Fault(
      class: .auth, since: Date(timeIntervalSince1970: 1_795_348_800), summary: summary, remedy: "Connect again.",
      upstream: "535 no")
  }

  private func directory(_ fault: Fault?) -> Directory {
    Directory(
      entities: [Entity(key: "acme", name: "Acme")],
      conditions: fault.map { ["acme": .broken($0, probe: false)] } ?? [:])
  }

  /// What is told when the flag of acme is, after so many seconds, as given.
  private func story(told: Fault? = nil, _ scenes: [(after: Int, flag: Fault?)]) -> [String] {
    var ledger = FlagLedger<Fault>(told: told.map { ["acme": $0] } ?? [:])
    var said: [String] = []
    for scene in scenes {
      let now = start + .seconds(scene.after)
      ledger.see(directory(scene.flag).flags)
      for change in ledger.due(at: now) {
        said.append("\(scene.after) \(change.event) \(change.flag.summary)")
        _ = ledger.tell(change, at: now)
      }
    }
    return said
  }

  @Test func `a flag is told when it goes up and when it comes down`() {
    #expect(
      story([(0, nil), (5, refused), (6, refused), (90, refused), (91, nil), (200, nil)]) == [
        "5 raised The password is refused.", "91 cleared The password is refused.",
      ])
  }

  @Test func `a flag that says something else is told again`() {
    #expect(
      story([(0, refused), (70, policy)]) == [
        "0 raised The password is refused.", "70 changed SMTP is switched off.",
      ])
  }

  @Test func `other words of the provider are no other flag`() {
    var later = refused
    later.upstream = "535 still no"
    later.since += 900
    #expect(story([(0, refused), (70, later)]).count == 1)
  }

  @Test func `a pause is no flag`() {
    var ledger = FlagLedger<Fault>(told: [:])
    ledger.see(Directory(entities: [], conditions: ["acme": .paused(until: .distantFuture, refused)]).flags)
    #expect(ledger.due(at: start).isEmpty)
  }

  @Test func `a flag that flaps is told once a minute, as it is then`() {
    let flapping = (0..<120).map { (after: $0, flag: $0.isMultiple(of: 2) ? refused : nil) }
    #expect(story(flapping) == ["0 raised The password is refused.", "61 cleared The password is refused."])
  }

  @Test func `what is back to what was told is not told`() {
    #expect(story([(0, refused), (10, nil), (20, refused), (60, refused), (70, refused)]).count == 1)
  }

  @Test func `a change within the minute is told when the minute is over`() {
    var ledger = FlagLedger<Fault>(told: [:])
    ledger.see(directory(refused).flags)
    #expect(ledger.nextDue(after: start) == nil)
    for change in ledger.due(at: start) { #expect(ledger.tell(change, at: start) == refused) }
    ledger.see(directory(nil).flags)
    #expect(ledger.due(at: start + .seconds(59)).isEmpty)
    #expect(ledger.nextDue(after: start + .seconds(1)) == start + .seconds(60))
    let due = ledger.due(at: start + .seconds(60))
    #expect(due.map(\.event) == [.cleared])
    for change in due { #expect(ledger.tell(change, at: start + .seconds(60)) == nil) }
    #expect(ledger.nextDue(after: start + .seconds(61)) == nil)
  }

  @Test func `after a restart nobody is told what they know`() {
    #expect(story(told: refused, [(0, refused)]).isEmpty)
    #expect(story(told: refused, [(0, nil)]) == ["0 cleared The password is refused."])
    #expect(story(told: refused, [(0, policy)]) == ["0 changed SMTP is switched off."])
  }
}

@Suite struct ProblemLedgerTests {
  private let start = ContinuousClock.now

  private func problem(_ summary: String) -> [String: RelayProblem] {
    [RelayProblem(class: .disk, since: Date(timeIntervalSince1970: 0), summary: summary, remedy: "Free some.")].byClass
  }

  @Test func `a problem is told when it comes and when it goes, and other figures are no news`() {
    var ledger = FlagLedger<RelayProblem>(told: [:])
    var said: [String] = []
    for (second, problems) in [
      (0, problem("12M is free.")), (70, problem("9M is free.")), (140, problem("The disk is full.")), (210, [:]),
    ] {
      ledger.see(problems)
      for change in ledger.due(at: start + .seconds(second)) {
        said.append("\(change.event) \(change.flag.summary)")
        _ = ledger.tell(change, at: start + .seconds(second))
      }
    }
    #expect(said == ["raised 12M is free.", "changed The disk is full.", "cleared The disk is full."])
  }
}

@Suite struct AlertTests {
  private let noon = Date(timeIntervalSince1970: 1_795_348_800)
  private let directory = Directory(
    entities: [Entity(key: "acme", name: "Acme \"S.p.A.\"")],
    mailboxes: [
      "acme": Mailbox(
        entity: "acme", address: Address(localPart: "office", domain: "acme.example"),
        server: Server(host: "smtp.acme.example", port: 465, security: .tls),
        signIn: .password(username: "office", Secret("swordfish")), connectedAt: Date(timeIntervalSince1970: 0))
    ])

  private func json(_ alert: Alert) throws -> [String: Any] {
    let octets = try alert.json
    #expect(octets.count { $0 == 0x0A } == 1)
    #expect(!String(decoding: octets, as: UTF8.self).contains("swordfish"))
    return try #require(JSONSerialization.jsonObject(with: Data(octets)) as? [String: Any])
  }

  @Test func `a flag is told with everything the status file knows of it`() throws {
    let fault = Fault(
      class: .auth, since: noon - 60, summary: "Refused.", remedy: "Connect again.", upstream: "535 no\r\nway")
    let change = FlagChange(key: "acme", event: .raised, flag: fault)
    let object = try json(Alert(change, in: directory, host: "relay.example", at: noon))
    let expected: [String: String] = [
      "event": "raised", "entity": "acme", "name": "Acme \"S.p.A.\"", "address": "office@acme.example",
      "provider": "smtp", "class": "auth", "since": "2026-11-22T11:59:00Z", "summary": "Refused.",
      "remedy": "Connect again.", "upstream": "535 no\r\nway", "host": "relay.example", "at": "2026-11-22T12:00:00Z",
    ]
    #expect(object as? [String: String] == expected)
  }

  @Test func `a problem of the relay is told without an entity`() throws {
    let problem = RelayProblem(class: .disk, since: noon - 60, summary: "The disk is full.", remedy: "Free some space.")
    let alert = Alert(FlagChange(key: "disk", event: .raised, flag: problem), host: "relay.example", at: noon)
    let object = try json(alert)
    #expect(object["entity"] is NSNull && object["address"] is NSNull && object["upstream"] is NSNull)
    #expect(object["class"] as? String == "disk" && object["since"] as? String == "2026-11-22T11:59:00Z")
    #expect(object["summary"] as? String == "The disk is full." && object["remedy"] as? String == "Free some space.")
    #expect(alert.subject == "Letterhead on relay.example: The disk is full.")
    #expect(!alert.lines.contains { $0.hasPrefix("Entity") })
  }

  @Test func `a request is told with who asks, why, and what to type`() throws {
    let request = Request(
      number: 3,
      change: ConnectionChange(.connect, entity: "acme", address: "new@acme.example", host: "SMTP.acme.example"),
      requester: Requester(uid: 1001, name: "mara"), justification: "New provider", filedAt: noon)
    let object = try json(Alert(request, in: directory, host: "relay.example", at: noon))
    #expect(object["event"] as? String == "request")
    #expect(object["request"] as? Int == 3)
    #expect(object["user"] as? String == "mara")
    let summary = "mara asks to connect acme (new@acme.example through smtp.acme.example): New provider"
    #expect(object["summary"] as? String == summary)
    #expect((object["remedy"] as? String)?.contains("letterhead approve 3") == true)
  }
}
