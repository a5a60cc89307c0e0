// A long queue costs disk, not memory and not time at the start.

import FoundationEssentials
import Glibc
import Testing

@testable import Spool

@Suite(.serialized) struct SizeTests {

  @Test func `a hundred thousand queued messages do not stand in memory`() async throws {
    try await withDirectory { directory in
      let run = try await Probe(directory: directory).run("fill", "100000", "600")
      let line = try #require(run.lines.first)
      let grown = try #require(Int(line.split(separator: " ")[3]))
      #expect(grown < 32 << 10, "\(line)")
    }
  }

  @Test func `a spool with half a million messages opens within a second`() async throws {
    try await withDirectory { directory in
      var spool = try Spool.own(directory: directory, minimumFree: 0, log: quiet)
      try await spool.accept(message(), now: Date())
      try await spool.change { (_, store, _) throws(StoreFailure) in
        try Statement(
          store.connection,
          """
          WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 500000)
          INSERT INTO message SELECT i, 1, 0, received + i, i % 2, received + i, since + i, 0, 0, 100, NULL, envelope
          FROM n, message WHERE id = 1
          """
        ).run()
      }
      await spool.close()
      let start = ContinuousClock.now
      spool = try Spool.own(directory: directory, minimumFree: 0, log: quiet)
      #expect(ContinuousClock.now - start < .seconds(1))
      #expect(spool.acme.queued == 500_000 && spool.acme.deferred == 250_000 - 1)
      await spool.close()
    }
  }
}
