import Foundation
import Mailboxes
import Platform
import Status
import Testing

private let eight = Date(timeIntervalSince1970: 1_795_334_400)  // 2026-11-22T08:00:00Z

private func snapshot(_ entities: [String: EntityStatus]) -> Snapshot {
  Snapshot(version: "0.1.0", pid: 4711, startedAt: eight, updatedAt: eight, entities: entities)
}

private func entity(_ state: EntityStatus.State, _ queue: EntityStatus.Queue = .init()) -> EntityStatus {
  EntityStatus(name: "Acme", state: state, queue: queue)
}

@Suite struct SnapshotTests {
  @Test(arguments: [
    (entity(.connected), Snapshot.State.ok),
    (entity(.connected, .init(queued: 9, deferred: 9, oldestSeconds: 900)), .ok),  // 15 minutes are patience
    (entity(.connected, .init(queued: 9, deferred: 9, oldestSeconds: 901)), .degraded),
    (entity(.connected, .init(queued: 9, oldestSeconds: 5000)), .ok),  // busy, not deferred
    (entity(.connected, .init(failed: 3)), .ok),
    (entity(.paused), .degraded),
    (entity(.disconnected), .ok),  // nothing waits: nobody misses the mailbox
    (entity(.disconnected, .init(queued: 1, held: 1)), .degraded),
    (entity(.error), .error),
  ])
  func `the relay's state follows from its entities`(entity: EntityStatus, state: Snapshot.State) {
    let relay = snapshot(["acme": entity])
    #expect(relay.state == state)
    #expect(relay.errorFlag == (state == .error))
  }

  @Test func `one flag among many entities is the relay's flag`() {
    #expect(snapshot(["a": entity(.connected), "b": entity(.error), "c": entity(.paused)]).state == .error)
  }

  @Test func `one sentence says what is worst, else what the relay does`() throws {
    var relay = snapshot([
      "beta": entity(.connected, .init(queued: 11)), "acme": entity(.disconnected, .init(queued: 1, held: 1)),
    ])
    #expect(relay.sentence == "Takes mail; 1 of 2 mailboxes connected; 12 messages wait.")
    relay.entities["beta"]?.state = .error
    #expect(relay.sentence == "Holds the mail of beta: its mailbox needs a person.")
    relay.problems = [RelayProblem(class: .spool, since: eight, summary: "The disk is full.", remedy: "Make room.")]
    #expect(relay.sentence == "Takes no mail: The disk is full.")
    #expect(
      snapshot(["acme": entity(.connected, .init(queued: 1))]).sentence
        == "Takes mail; 1 of 1 mailbox connected; 1 message waits.")
    #expect(snapshot([:]).sentence == "Takes mail; 0 of 0 mailboxes connected; 0 messages wait.")
  }

  @Test func `the keys are those that monitoring reads`() throws {
    var acme = entity(.error, .init(queued: 12, held: 12, oldestSeconds: 55))
    acme.error = .init(
      class: .auth, since: eight, summary: "Refused.", remedy: "Run: letterhead connect my_co",
      upstream: "535 5.7.3 Authentication unsuccessful")
    var written = snapshot(["my_co": acme])
    written.problems = [RelayProblem(class: .disk, since: eight, summary: "Full.", remedy: "Free some space.")]
    written.apps = ["my_erp": AppStatus(accepted: 2)]
    let json = try JSONSerialization.jsonObject(with: written.json())
    let top = try #require(json as? [String: Any])
    #expect(
      Set(top.keys) == [
        "schema", "version", "pid", "started_at", "updated_at", "state", "error_flag", "ready", "entities", "problems",
        "apps",
      ])
    let problem = try #require((top["problems"] as? [[String: Any]])?.first)
    #expect(Set(problem.keys) == ["class", "since", "summary", "remedy"] && problem["class"] as? String == "disk")
    #expect(top["started_at"] as? String == "2026-11-22T08:00:00Z")
    let entities = try #require(top["entities"] as? [String: [String: Any]])
    let entity = try #require(entities["my_co"], "an entity's name is not a key of ours to change")
    #expect(
      Set(entity.keys) == [
        "name", "state", "address", "provider", "transport", "sent_copies", "error", "paused_until", "slowed",
        "warnings", "queue", "totals", "last_delivered_at",
      ])
    #expect(entity["address"] is NSNull)
    #expect(
      Set((entity["queue"] as? [String: Any] ?? [:]).keys) == [
        "queued", "held", "deferred", "unknown", "filing", "failed", "oldest_seconds",
      ])
    #expect(
      Set((entity["error"] as? [String: Any] ?? [:]).keys) == ["class", "since", "summary", "remedy", "upstream"])
    let app = try #require((top["apps"] as? [String: [String: Any]])?["my_erp"], "nor is an app's")
    #expect(
      Set(app.keys) == [
        "accepted", "held", "refused", "duplicates", "messages_today", "recipients_today", "last_seen", "identity",
      ])
    #expect(app["accepted"] as? Int == 2 && app["last_seen"] is NSNull && app["identity"] is NSNull)
  }

  @Test func `an earlier version's file, without problems and apps, is read`() throws {
    var object = try #require(JSONSerialization.jsonObject(with: snapshot([:]).json()) as? [String: Any])
    object["problems"] = nil
    object["apps"] = nil
    #expect(try Snapshot(json: JSONSerialization.data(withJSONObject: object)) == snapshot([:]))
  }

  @Test func `an earlier version's queue, without unknown outcomes, is read`() throws {
    let relay = snapshot(["acme": entity(.connected, .init(queued: 2, held: 1, oldestSeconds: 7))])
    let lines = String(decoding: try relay.json(), as: UTF8.self).components(separatedBy: "\n")
    let earlier = lines.filter { !$0.contains("\"unknown\"") }
    #expect(earlier.count < lines.count)
    #expect(try Snapshot(json: Data(earlier.joined(separator: "\n").utf8)) == relay)
  }

  @Test func `what was written reads back the same`() throws {
    var written = snapshot(["acme": entity(.paused), "b": entity(.connected, .init(queued: 1))])
    written.apps = [
      "erp": AppStatus(
        accepted: 9, held: 2, refused: 1, duplicates: 3, messagesToday: 4, recipientsToday: 5, lastSeen: eight,
        identity: "uid 1004, erp.service"), "crm": AppStatus(),
    ]
    written.entities["b"]?.slowed = .init(summary: "Google has asked for a slower pace.", until: eight)
    #expect(try Snapshot(json: written.json()) == written)
  }
}

@Suite struct StatusFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "status-\(UUID())").path

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  @Test func `the file is replaced whole and everyone may read it`() throws {
    let file = StatusFile(path: folder + "/status.json")
    #expect(throws: StatusFileError.missing(path: file.path)) { try file.read() }
    try file.write(snapshot(["acme": entity(.connected)]))
    try file.write(snapshot(["acme": entity(.error)]))
    #expect(try file.read().state == .error)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o644)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["status.json"])
  }

  @Test func `a folder that is missing is named with what to do`() {
    let file = StatusFile(path: folder + "/none/status.json")
    let error = #expect(throws: StatusFileError.self) { try file.write(snapshot([:])) }
    #expect(error?.description.contains("status_file") == true)
  }

  @Test func `a FIFO, a directory and another program's file are no status, and keep nobody waiting`() throws {
    let fifo = StatusFile(path: folder + "/fifo")
    mkfifo(fifo.path, 0o666)
    #expect(throws: StatusFileError.notAStatus(path: fifo.path)) { try fifo.read() }
    #expect(throws: StatusFileError.unreadable(path: folder, reason: SystemError(EISDIR))) {
      try StatusFile(path: folder).read()
    }
    let other = StatusFile(path: folder + "/other")
    try Data("{}".utf8).write(to: URL(fileURLWithPath: other.path))
    #expect(throws: StatusFileError.notAStatus(path: other.path)) { try other.read() }
  }

  @Test func `a FIFO in the way of the next file is removed`() throws {
    let file = StatusFile(path: folder + "/status.json")
    mkfifo(file.path + ".next", 0o666)
    try file.write(snapshot([:]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["status.json"])
  }

  @Test func `a second relay on one status file is refused and told which the first is`() throws {
    let path = folder + "/status.json"
    var first: StatusFileLock? = try StatusFileLock(on: path)
    let error = #expect(throws: StatusFileError.inUse(path: path, pid: getpid())) { try StatusFileLock(on: path) }
    #expect(error?.description.contains("Set another status_file") == true)
    withExtendedLifetime(first) {}
    first = nil
    #expect(throws: Never.self) { try StatusFileLock(on: path) }
  }

  @Test func `the folder of a status file is made where it is missing, and everyone may look into it`() throws {
    let path = folder + "/run/letterhead/status.json"
    let lock = try StatusFileLock(on: path)
    try StatusFile(path: path).write(snapshot([:]))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/run/letterhead")
    #expect(attributes[.posixPermissions] as? Int == 0o755)
    withExtendedLifetime(lock) {}
  }

  @Test func `a file in the place of the status file's folder is named`() throws {
    let path = folder + "/file/status.json"
    try Data().write(to: URL(fileURLWithPath: folder + "/file"))
    #expect(throws: StatusFileError.unwritable(path: path, reason: SystemError(ENOTDIR))) {
      try StatusFileLock(on: path)
    }
  }

  @Test func `a file of a relay that stopped is stale`() {
    var old = snapshot([:])
    old.pid = getpid()
    #expect(StatusFile.isFresh(old, at: eight.addingTimeInterval(5)))
    #expect(!StatusFile.isFresh(old, at: eight.addingTimeInterval(20)))
    old.pid = 0x3FFF_FFFF  // no such process
    #expect(!StatusFile.isFresh(old, at: eight))
  }

  @Test func `a file whose relay says that it has stopped is stale, though its process is still there`() throws {
    var last = snapshot([:])
    last.pid = getpid()
    last.stoppedAt = eight
    #expect(!StatusFile.isFresh(last, at: eight))
    let json = try last.json()
    #expect(String(decoding: json, as: UTF8.self).contains("\"stopped_at\" : \"2026-11-22T08:00:00Z\""))
    #expect(try Snapshot(json: json).stoppedAt == eight)
    #expect(!String(decoding: try snapshot([:]).json(), as: UTF8.self).contains("stopped_at"))
  }
}
