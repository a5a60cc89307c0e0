// Which changes of a mailbox's condition are logged, whoever has made them.

import Foundation
import Logging
import Logs
import Mailboxes
import Testing

@testable import Letterhead

@Suite struct ConditionChangeTests {
  private static let start = Date(timeIntervalSince1970: 1_795_348_800)
  private static func fault(_ summary: String, since: Date = start) -> Fault {
    Fault(class: .auth, since: since, summary: summary, remedy: "Connect again.", upstream: "535 no")
  }
  private static let flag = Condition.broken(fault("Refused."), probe: true)
  private static let sameFlag = Condition.broken(fault("Refused.", since: start + 60), probe: false)
  private static let otherFlag = Condition.broken(fault("Switched off."), probe: true)
  private static let pause = Condition.paused(until: start + 60, fault("Throttled."))
  private static let longerPause = Condition.paused(until: start + 600, fault("Throttled."))

  private static func directory(_ condition: Condition, _ keys: [String] = ["acme"]) -> Directory {
    Directory(
      entities: keys.map { Entity(key: $0, name: $0) }, conditions: condition == .working ? [:] : ["acme": condition])
  }

  private static let table: [(Condition, Condition, [ConditionChange])] = [
    (.working, .working, []), (flag, flag, []), (flag, sameFlag, []), (pause, pause, []),
    (.working, flag, [.raised(fault("Refused."), entity: "acme")]),
    (pause, flag, [.raised(fault("Refused."), entity: "acme")]),
    (flag, otherFlag, [.raised(fault("Switched off."), entity: "acme")]),
    (flag, .working, [.cleared(entity: "acme")]),
    (flag, pause, [.cleared(entity: "acme"), .paused(until: start + 60, fault("Throttled."), entity: "acme")]),
    (.working, pause, [.paused(until: start + 60, fault("Throttled."), entity: "acme")]),
    (pause, longerPause, [.paused(until: start + 600, fault("Throttled."), entity: "acme")]),
    (pause, .working, [.resumed(entity: "acme")]),
  ]

  @Test(arguments: table.indices)
  func `what is new of a mailbox is told once`(row: Int) {
    let (old, new, changes) = Self.table[row]
    #expect(ConditionChange.all(from: Self.directory(old), to: Self.directory(new)) == changes)
  }

  @Test func `the flag of an entity that leaves the configuration comes down`() {
    let changes = ConditionChange.all(from: Self.directory(Self.flag), to: Self.directory(.working, ["beta"]))
    #expect(changes == [.cleared(entity: "acme")])
  }
}
