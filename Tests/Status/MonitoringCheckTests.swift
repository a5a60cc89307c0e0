import Foundation
import Mailboxes
import Status
import Testing

private let eight = Date(timeIntervalSince1970: 1_795_334_400)  // 2026-11-22T08:00:00Z

@Suite struct `The check for monitoring systems` {
  /// One entity that is well, and one whose flag is up.
  private static let snapshot: Snapshot = {
    var blue = EntityStatus(name: "Blue", state: .error, queue: .init(queued: 12, held: 12, oldestSeconds: 55))
    blue.error = Fault(
      class: .auth, since: eight, summary: "The \"sign-in\" is gone | for good.",
      remedy: "Run: letterhead connect blue",
      upstream: "535")
    let acme = EntityStatus(
      name: "Acme", state: .connected, address: "office@acme.example", queue: .init(queued: 3, deferred: 1, failed: 2),
      totals: .init(accepted: 40, delivered: 35, failed: 2))
    return Snapshot(version: "1", pid: 1, startedAt: eight, updatedAt: eight, entities: ["acme": acme, "blue": blue])
  }()

  @Test func `Nagios gets the state first, all figures behind the bar, and a line for each entity`() {
    #expect(
      MonitoringFormat.nagios.text(of: MonitoringCheck.all(of: Self.snapshot, isRunning: true)) == """
        LETTERHEAD CRITICAL - Look at: blue. | 'queued'=15;;;0 'oldest'=55s;;;0 'failed'=2;;;0 'ready'=1;;;0 \
        'acme_queued'=3;;;0 'acme_held'=0;;;0 'acme_deferred'=1;;;0 'acme_failed'=2;;;0 'acme_oldest'=0s;;;0 \
        'acme_accepted'=40c;;;0 'acme_delivered'=35c;;;0 'blue_queued'=12;;;0 'blue_held'=12;;;0 'blue_deferred'=0;;;0 \
        'blue_failed'=0;;;0 'blue_oldest'=55s;;;0 'blue_accepted'=0c;;;0 'blue_delivered'=0c;;;0
        acme OK: Connected to office@acme.example.
        blue CRITICAL: The "sign-in" is gone   for good. Run: letterhead connect blue
        """)
  }

  @Test func `Checkmk gets a service for each line`() {
    #expect(
      MonitoringFormat.checkmk.text(of: MonitoringCheck.all(of: Self.snapshot, isRunning: true)) == """
        2 "Letterhead relay" queued=15|oldest=55|failed=2|ready=1 Look at: blue.
        0 "Letterhead acme" queued=3|held=0|deferred=1|failed=2|oldest=0|accepted=40|delivered=35 Connected to \
        office@acme.example.
        2 "Letterhead blue" queued=12|held=12|deferred=0|failed=0|oldest=55|accepted=0|delivered=0 The "sign-in" is gone   \
        for good. Run: letterhead connect blue
        """)
  }

  @Test func `Zabbix gets JSON, an object on each line`() throws {
    let text = MonitoringFormat.zabbix.text(of: MonitoringCheck.all(of: Self.snapshot, isRunning: true))
    let objects = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    #expect(text.split(separator: "\n").count == 3)
    #expect(objects.map { $0["state"] as? Int } == [2, 0, 2])
    #expect(objects.map { $0["entity"] as? String } == [nil, "acme", "blue"])
    #expect(objects.map { $0["queued"] as? Int } == [15, 3, 12])
    #expect(
      objects.last?["text"] as? String == "The \"sign-in\" is gone   for good. Run: letterhead connect blue")
  }

  @Test(arguments: MonitoringFormat.allCases)
  func `a relay that is not running is critical, and of its entities nothing is known`(format: MonitoringFormat) {
    let checks = MonitoringCheck.all(of: Self.snapshot, isRunning: false)
    #expect(checks.map(\.state) == [.critical, .unknown, .unknown])
    #expect(checks.map(\.state).max() == .critical)
    let text = format.text(of: checks)
    #expect(text.contains("not running: its status is of 2026-11-22T08:00:00Z"))
    let beginning =
      switch format {
      case .nagios: "LETTERHEAD CRITICAL - "
      case .checkmk: "2 \"Letterhead relay\" - "
      case .zabbix: "[{\"relay\":1,\"state\":2,"
      }
    #expect(text.hasPrefix(beginning))
  }

  @Test(arguments: [
    (EntityStatus(name: "A", state: .disconnected), MonitoringCheck.State.ok),
    (EntityStatus(name: "A", state: .disconnected, queue: .init(queued: 1, held: 1)), .warning),
    (EntityStatus(name: "A", state: .paused), .warning),
    (EntityStatus(name: "A", state: .connected, queue: .init(queued: 1, deferred: 1, oldestSeconds: 901)), .warning),
    (EntityStatus(name: "A", state: .error), .critical),
  ])
  func `an entity's state is that of the status file`(entity: EntityStatus, state: MonitoringCheck.State) {
    let snapshot = Snapshot(version: "1", pid: 1, startedAt: eight, updatedAt: eight, entities: ["acme": entity])
    #expect(MonitoringCheck.all(of: snapshot, isRunning: true).map(\.state) == [state, state])
  }

  @Test func `why a mailbox waits or is slow is told with its state`() {
    let fault = Fault(class: .quota, since: eight, summary: "It has sent enough.", remedy: "Wait.", upstream: "")
    let entities = [
      "a": EntityStatus(name: "A", state: .paused, error: fault, pausedUntil: eight),
      "b": EntityStatus(
        name: "B", state: .connected, address: "b@b.example", slowed: .init(summary: "It is slow.", until: eight)),
    ]
    let snapshot = Snapshot(version: "1", pid: 1, startedAt: eight, updatedAt: eight, entities: entities)
    let checks = MonitoringCheck.all(of: snapshot, isRunning: true).dropFirst()
    #expect(
      checks.map(\.text) == [
        "Paused until 2026-11-22T08:00:00Z; it goes on by itself. It has sent enough.",
        "Connected to b@b.example. It is slow.",
      ])
    #expect(checks.map(\.state) == [.warning, .ok])
  }

  @Test(
    arguments: [
      (.disconnected, .init(queued: 1, held: 1), "No mailbox is connected, and 1 message is held."),
      (.disconnected, .init(queued: 2, held: 2), "No mailbox is connected, and 2 messages are held."),
      (
        .connected, .init(queued: 1, deferred: 1, oldestSeconds: 901),
        "1 message is deferred, the oldest message waits for 901 seconds."
      ),
    ] as [(EntityStatus.State, EntityStatus.Queue, String)])
  func `one message is told as one`(state: EntityStatus.State, queue: EntityStatus.Queue, sentence: String) {
    let acme = EntityStatus(name: "A", state: state, queue: queue)
    let snapshot = Snapshot(version: "1", pid: 1, startedAt: eight, updatedAt: eight, entities: ["acme": acme])
    #expect(MonitoringCheck.all(of: snapshot, isRunning: true).last?.text == sentence)
  }
}
