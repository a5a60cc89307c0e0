// One transaction for all who wait; a bad piece harms no neighbour.

import StorageConformance
import FoundationEssentials
import Message
import Testing

@testable import Spool

@Suite struct GroupCommitTests {
  private func acceptHundred(into spool: Spool) async throws -> Int {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<100 {
        group.addTask { (try? await spool.accept(message("\(number)"), now: Date())) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }

  @Test func `a hundred who come during a commit share the next one`() async throws {
    try await withSpool { spool in
      let before = spool.commitCount
      let accepted = try await whileWriting(spool, requests: 100) { try await acceptHundred(into: spool) }
      #expect(accepted == 100)
      #expect(spool.commitCount - before == 2, "the one they waited for, and theirs")
    }
  }

  @Test func `a poisoned piece is refused alone`() async throws {
    try await withSpool { spool in
      let accepted = try await whileWriting(spool, requests: 101) {
        async let hundred = acceptHundred(into: spool)
        await #expect(throws: SpoolError.self) {
          try await spool.change { (batch) throws(EngineFailure) in
            try batch.engine.delete(MessageID(rawValue: 1))
            throw EngineFailure.rejected(reason: "constraint")
          }
        }
        return try await hundred
      }
      #expect(accepted == 100)
      let ids = try await spool.list().map(\.id.rawValue)
      #expect(ids.count == 100 && Set(ids).count == 100)
      #expect(spool.acme.queued == 100 && spool.acme.totals.accepted == 100)
    }
  }

  @Test func `with too little free disk nothing is accepted, and what is there can still go`() async throws {
    try await withSpool { spool in
      try await spool.accept(message(), now: Date())
      spool.setMinimumFree(.max)
      await #expect(throws: SpoolError.full) { try await spool.accept(message(), now: Date()) }
      await #expect(throws: SpoolError.full) { _ = try await spool.startBody() }
      spool.open("acme")
      for claimed in await spool.take(1) { spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date()) }
      try await spool.flush()
      #expect(try await spool.list().isEmpty)
    }
  }

  @Test func `an empty body and a null sender are stored like others`() async throws {
    try await withSpool { spool in
      var empty = message()
      empty.content = .octets([])
      empty.envelope.sender = nil
      try await spool.accept(empty, now: Date())
      spool.open("acme")
      let claimed = try #require(await spool.claim("acme", atMost: 1).first)
      #expect(claimed.content.octetCount == 0 && claimed.envelope.sender == nil)
    }
  }
}
