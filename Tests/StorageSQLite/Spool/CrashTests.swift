// The process dies at each arrow of a message's life; what stands on disk then is what `Spool` says it is.

import StorageConformance
import Foundation
import Glibc
import SMTP
import Spool
import Testing

@testable import StorageSQLite

@Suite(.serialized) struct CrashTests {
  struct Row: Equatable {
    var state: ListedMessage.State
    var attempts: Int
    /// Its due time lies ahead.
    var isLater = false
  }

  @Test(arguments: [
    ("accept-before", [Row(state: .waiting, attempts: 0)], "the first; the second was never promised"),
    ("accept-after", [Row(state: .waiting, attempts: 0), Row(state: .waiting, attempts: 0)], "both"),
    ("claim-before", [Row(state: .waiting, attempts: 0)], "due as it was"),
    ("claim-after", [Row(state: .waiting, attempts: 1, isLater: true)], "a delay, never a flood"),
    ("claimed", [Row(state: .waiting, attempts: 1, isLater: true)], "inserted as claimed: the same"),
    ("settle-before", [Row(state: .waiting, attempts: 1, isLater: true)], "sent twice"),
    ("settle-after", [], "done"),
    ("defer-before", [Row(state: .waiting, attempts: 1, isLater: true)], "as if the attempt had not ended"),
    ("defer-after", [Row(state: .deferred, attempts: 1, isLater: true)], "done"),
    ("fail-before", [Row(state: .waiting, attempts: 1, isLater: true)], "tried again"),
    ("fail-after", [Row(state: .failed, attempts: 1)], "kept"),
    ("copy-before", [Row(state: .waiting, attempts: 1, isLater: true)], "sent twice, as without a copy"),
    ("copy-after", [Row(state: .filing, attempts: 1)], "delivered, and its copy is due"),
    ("begin-before", [Row(state: .filing, attempts: 1)], "filed as if for the first time"),
    ("begin-after", [Row(state: .filing, attempts: 1, isLater: true)], "looked for before it is filed"),
    ("end-before", [Row(state: .filing, attempts: 1, isLater: true)], "looked for, and found"),
    ("end-after", [], "done"),
    ("hold-before", [Row(state: .waiting, attempts: 0)], "as it was"),
    ("hold-after", [Row(state: .held, attempts: 0)], "done"),
  ])
  func `killed at an arrow, the spool holds what was promised`(
    scenario: String, rows: [Row], why: String
  ) async throws {
    try await withDirectory { directory in
      let died = try await Probe(directory: directory).run("crash", scenario)
      #expect(died.signal == SIGKILL)
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      let listed = try await spool.list()
      #expect(
        listed.map { Row(state: $0.state, attempts: $0.attempts, isLater: $0.due > Date()) } == rows, "\(why)")
      #expect(spool.acme.queued == rows.count { $0.state.isQueued })
      await spool.close()
    }
  }

  @Test(arguments: [("arriving", 0), ("file-before", 0), ("file-after", 1)])
  func `a large body without a row is swept at the next start`(scenario: String, bodies: Int) async throws {
    try await withDirectory { directory in
      #expect(try await Probe(directory: directory).run("crash", scenario).signal == SIGKILL)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/bodies").count == 1)
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/bodies").count == bodies)
      #expect(try await spool.list().map(\.octetCount) == (bodies == 0 ? [] : [8 * 65_536]))
      await spool.close()
    }
  }

  @Test func `killed at random under load, nothing that was accepted is lost`() async throws {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...9999, using: &random)
    try await withDirectory { directory in
      var accepted: Set<String> = []
      var sent: Set<String> = []
      for round in 0..<6 {
        let lines = 50 + Int((seed &+ UInt64(round)) &* 7919 % 1500)
        let run = try await Probe(directory: directory).run("torture", until: lines)
        #expect(run.signal == SIGKILL)
        for line in run.lines {
          let words = line.split(separator: " ").map(String.init)
          guard words.count == 2 else { continue }
          if words[0] == "accepted" { accepted.insert(words[1]) } else { sent.insert(words[1]) }
        }
      }
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      var kept: Set<String> = []
      while true {
        let page = try await spool.list(after: kept.compactMap { MessageID($0) }.max())
        if page.isEmpty { break }
        kept.formUnion(page.map(\.id.description))
      }
      #expect(accepted.subtracting(sent).subtracting(kept).isEmpty, "seed \(seed)")
      #expect(!accepted.isEmpty && !sent.isEmpty)
      await spool.close()
      #expect(try SQLiteStorage.run("PRAGMA integrity_check", onSpoolIn: directory) == "ok")
    }
  }

  @Test func `a hundred thousand queued messages do not stand in memory`() async throws {
    try await withDirectory { directory in
      let run = try await Probe(directory: directory).run("fill", "100000", "600")
      let line = try #require(run.lines.first)
      let grown = try #require(Int(line.split(separator: " ")[3]))
      #expect(grown < 32 << 10, "\(line)")
    }
  }

  @Test(arguments: [("full", "full"), ("write", "unwritable"), ("sync", "unwritable")])
  func `while the disk refuses nothing is promised, and afterwards all is as it should be`(
    scenario: String, refusal: String
  ) async throws {
    try await withDirectory { directory in
      let run = try await Probe(directory: directory).run("disk", scenario)
      // 2, 3 and 4 came while the disk refused; the settlement of 1 was kept until it no longer did.
      #expect(run.lines.dropFirst().prefix(4) == [refusal, refusal, refusal, "mended"])
      #expect(run.lines.last == "queued 1 delivered 1" && run.signal == nil)
      let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      let id = try #require(await spool.list().first).id
      let header = try #require(await spool.show(id)).header
      #expect(String(decoding: header, as: UTF8.self) == "Subject: 5\r\n\r\n", "the one accepted after the repair")
      #expect(try await spool.list().count == 1)
      await spool.close()
    }
  }
}
