import StorageConformance
import FoundationEssentials
import Message
import Testing

@testable import Spool

@Suite struct LargeBodyTests {
  private func write(_ pieces: Int, into spool: Spool) async throws -> any SpoolBody {
    let writer = try await spool.startBody()
    for piece in 0..<pieces { try await writer.append([UInt8](repeating: UInt8(piece & 0xff), count: 50_000)) }
    return try await writer.finish()
  }

  private func bodies(of spool: Spool) throws -> [String] {
    try spool.context.storage.bodies.names()
  }

  @Test func `a large body comes back in pieces of at most 64 KiB, byte for byte`() async throws {
    try await withSpool { spool in
      var large = message()
      large.content = .stored(try await write(40, into: spool))
      try await spool.accept(large, now: Date())
      spool.open("acme")
      let claimed = try #require(await spool.claim("acme", atMost: 1).first)
      guard case .stored(let file) = claimed.content else {
        Issue.record("not a file")
        return
      }
      #expect(file.octetCount == 2_000_000)
      var octets: [UInt8] = []
      let reader = file.reader()
      while let piece = try await reader.next() {
        #expect(piece.count <= 64 << 10)
        octets += piece
      }
      #expect(octets == (0..<40).flatMap { [UInt8](repeating: UInt8($0), count: 50_000) })
      spool.settle(claimed.id, .all(claimed, .delivered("250")), now: Date())
      #expect(try await eventually { try bodies(of: spool).isEmpty })
    }
  }

  @Test func `a body that is not accepted is removed`() async throws {
    try await withSpool { spool in
      do {
        let unfinished = try await spool.startBody()
        try await unfinished.append([1, 2, 3])
        _ = try await write(2, into: spool)
        #expect(try bodies(of: spool).count >= 1)
      }
      #expect(try await eventually { try bodies(of: spool).isEmpty })
      var refused = message()
      refused.content = .stored(try await write(2, into: spool))
      spool.setMinimumFree(.max)
      let unstored = refused
      await #expect(throws: SpoolError.full) { try await spool.accept(unstored, now: Date()) }
      refused = message()
      #expect(try bodies(of: spool).count == 1, "the caller still has it")
    }
  }

  @Test func `a deleted message's body goes with it`() async throws {
    try await withSpool { spool in
      var large = message()
      large.content = .stored(try await write(2, into: spool))
      let id = try await spool.accept(large, now: Date())
      large = message()
      #expect(try bodies(of: spool).count == 1)
      try await spool.delete(.ids([id]), now: Date())
      #expect(try await eventually { try bodies(of: spool).isEmpty })
    }
  }

  @Test func `a body cut short on disk is an error, not a shorter message`() async throws {
    try await withSpool { spool in
      let file = try #require(try await write(3, into: spool) as? BodyFile)
      try Data(repeating: 0, count: 100_000).write(to: URL(fileURLWithPath: file.path))
      let reader = file.reader()
      _ = try await reader.next()
      await #expect(throws: SpoolError.self) { _ = try await reader.next() }
    }
  }
}
