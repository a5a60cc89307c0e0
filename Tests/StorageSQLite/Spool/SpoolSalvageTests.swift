// One damaged page: what is on it is set aside and named, and the rest goes out.

import FoundationEssentials
import Message
import SMTP
import Spool
import StorageConformance
import Testing

@testable import StorageSQLite

private let pageOctets = 4096

/// The kinds of pages that SQLite has, by what stands on them.
enum DamagedPage {
  case rows, bodies, longBody, index, history

  static let ofMail: [DamagedPage] = [.rows, .bodies, .longBody, .index]

  /// https://sqlite.org/fileformat2.html#b_tree_pages
  func isMeant(_ page: Data) -> Bool {
    switch self {
    case .rows: page.first == 0x0d && page.firstRange(of: Data("n150".utf8)) != nil
    case .bodies: page.first == 0x0d && page.firstRange(of: Data("body of t150".utf8)) != nil
    case .history: page.first == 0x0d && page.firstRange(of: Data("OK n150".utf8)) != nil
    case .longBody: page.dropFirst(4).allSatisfy { $0 == 0x61 }
    // With many cells on it: that of the due times.
    case .index: page.first == 0x0a && Int(page[3]) << 8 + Int(page[4]) > 50
    }
  }

  /// Overwrites one such page of a spool that nobody has open.
  func strike(in directory: String) throws {
    let file = URL(fileURLWithPath: directory + "/spool.sqlite")
    var octets = try Data(contentsOf: file)
    for start in stride(from: pageOctets, to: octets.count, by: pageOctets)
    where isMeant(Data(octets[start..<start + pageOctets])) {
      octets.replaceSubrange(start..<start + pageOctets, with: repeatElement(0xaa, count: pageOctets))
      return try octets.write(to: file)
    }
    Issue.record("there is no such page")
  }
}

@Suite struct SpoolSalvageTests {
  private static let count = 300
  private static let source = MessageSource(client: "::1 (a)", app: "erp", uid: 1004, identity: "uid 1004")

  /// A spool of many messages, with one page damaged.
  private func withDamage(_ page: DamagedPage, _ body: (Spool, String) async throws -> Void) async throws {
    try await withDirectory { directory in
      var spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      for number in 0..<Self.count {
        let recipient = Address(localPart: "n\(number)", domain: "example.org")
        var new = message("t\(number)", to: [recipient], octets: number == 150 && page == .longBody ? 100_000 : 0)
        new.source = Self.source
        try await spool.accept(new, now: .now)
      }
      await spool.close()
      try page.strike(in: directory)
      spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      try await body(spool, directory)
      await spool.close()
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: DamagedPage.ofMail)
  func `one damaged page costs what is on it and nothing else`(page: DamagedPage) async throws {
    try await withDamage(page) { spool, directory in
      spool.open("acme")
      var came: Set<MessageID> = []
      while came.count + spool.acme.damaged < Self.count {
        for message in await spool.claim("acme", atMost: 50) {
          came.insert(message.id)
          let text = "t\(message.id.rawValue - 1)\r\n"
          #expect(message.content.startsWith("Subject: \(text)"), "\(message.id)")
          spool.settle(message.id, .all(message, .delivered("250")), now: .now)
        }
      }
      try await spool.flush()
      let damaged = try await spool.list(state: .damaged)
      #expect(came.isDisjoint(with: damaged.map(\.id)))
      #expect(damaged.allSatisfy { $0.entity == "acme" && $0.words == "damaged in the spool" })
      #expect(damaged.contains { $0.id.rawValue == 151 } == (page != .index))
      #expect(page == .index ? damaged.isEmpty : damaged.count < 150, "\(damaged.count)")
      #expect(spool.acme.queued == 0 && spool.acme.totals.failed == damaged.count)
      #expect(spool.acme.totals.accepted == Self.count && spool.acme.totals.delivered == came.count)
      #expect(spool.health == .working)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).contains { $0.contains("damaged-") })
      // Ids go on, and damaged messages can be deleted.
      #expect(try await spool.accept(message("later"), now: .now).rawValue == Int64(Self.count + 1))
      #expect(try await spool.delete(.ids(damaged.map(\.id)), now: .now).count == damaged.count)
      #expect(spool.acme.damaged == 0)
    }
  }

  @Test func `a listing that meets the damage has it set aside, and lists all`() async throws {
    try await withDamage(.rows) { spool, _ in
      let listed = try await spool.list()
      #expect(listed.count == Self.count)
      #expect(listed.allSatisfy { $0.state == .damaged || $0.source == Self.source })
      #expect(spool.acme.damaged > 0 && spool.acme.damaged + spool.acme.queued == Self.count)
    }
  }
}

extension SpoolSalvageTests {
  /// A spool whose history has rows of many messages, with one page of it damaged, and mail that waits.
  @Test func `a damaged page of the history costs what is on it, and no mail`() async throws {
    try await withDirectory { directory in
      var spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      spool.setHistory(HistorySettings())
      spool.open("acme")
      for number in 0..<Self.count { try await spool.accept(message("t\(number)"), now: .now) }
      for claimed in await spool.take(Self.count) {
        spool.settle(claimed.id, .all(claimed, .delivered("250 OK n\(claimed.id.rawValue)")), now: .now)
      }
      spool.close("acme")
      try await spool.flush()
      for number in 0..<20 { try await spool.accept(message("u\(number)"), now: .now) }
      await spool.close()
      try DamagedPage.history.strike(in: directory)

      spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
      spool.setHistory(HistorySettings())
      // Whoever meets the damage has it mended.
      let found = try await spool.trace(TraceQuery("ada@example.org"), of: nil, limit: 1000).messages
      #expect(found.count { $0.queued == nil } > Self.count / 2 && found.count { $0.queued != nil } == 20)
      #expect(spool.acme.queued == 20 && spool.acme.damaged == 0)
      spool.open("acme")
      for claimed in await spool.take(20) { spool.settle(claimed.id, .all(claimed, .delivered("250")), now: .now) }
      try await spool.flush()
      #expect(
        try await spool.trace(TraceQuery("\(Self.count + 20)"), of: nil).messages.first?.entry.ending == .delivered)
      await spool.close()
    }
  }
}

extension MessageContent {
  fileprivate func startsWith(_ text: String) -> Bool {
    if case .octets(let octets) = self { octets.starts(with: text.utf8) } else { false }
  }
}
