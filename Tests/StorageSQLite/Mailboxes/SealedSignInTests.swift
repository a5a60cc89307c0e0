// The key to the saved sign-ins: which one opens them, and what happens without it.

import Foundation
import Mailboxes
import StorageConformance
import Support
import Testing

@Suite struct SealedSignInTests {
  private let directory: TemporaryDirectory
  private let key = (0..<32).map { UInt8($0) &* 7 }

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test func `a relay with a credential opens what was connected before it had one`() async throws {
    _ = try await store(in: directory).connect(mailbox(of: "acme"))
    let credentials = try TemporaryDirectory()
    let key = try #require(FileManager.default.contents(atPath: directory.path("key")))
    try credentials.write(key, to: "letterhead.key")
    let relay = try store(in: directory, credentials: credentials.path)
    _ = try await relay.connect(mailbox(of: "beta"))
    #expect(try await relay.load().mailboxes.count == 2)
  }

  @Test func `where the relay has its key as a credential, a command without it makes no other key`() async throws {
    let credentials = try TemporaryDirectory()
    try credentials.write(key, to: "letterhead.key")
    let relay = try store(in: directory, credentials: credentials.path)
    await #expect(throws: StoreError.self) { try await store(in: directory).connect(mailbox(of: "acme")) }
    #expect(!FileManager.default.fileExists(atPath: directory.path("key")))
    #expect(try await relay.load().mailboxes.isEmpty)
  }

  @Test func `a lost key is no reason to make another over saved sign-ins, but they can be forgotten`() async throws {
    _ = try await store(in: directory).connect(mailbox(of: "acme"))
    let path = directory.path("key")
    unlink(path)
    let lost = StoreError.keyMissing(path: path)
    await #expect(throws: lost) { try await store(in: directory).load() }
    for entity in ["acme", "beta"] {
      await #expect(throws: lost) { try await store(in: directory).connect(mailbox(of: entity)) }
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try await store(in: directory).disconnect("acme"))
    _ = try await store(in: directory).connect(mailbox(of: "acme"))
    #expect(try await store(in: directory).load().mailboxes.count == 1)
  }

  @Test func `with another key nothing is opened and nothing is saved`() async throws {
    _ = try await store(in: directory).connect(mailbox(of: "acme"))
    let path = try directory.write(key, to: "key")
    let mismatch = StoreError.keyMismatch(path: path, entity: "acme")
    await #expect(throws: mismatch) { try await store(in: directory).load() }
    for entity in ["acme", "beta"] {
      await #expect(throws: mismatch) { try await store(in: directory).connect(mailbox(of: entity)) }
    }
  }

  @Test func `a running relay follows a key that was replaced when nothing was sealed`() async throws {
    let relay = try store(in: directory)
    _ = try await relay.connect(mailbox(of: "acme"))
    let commandLine = try store(in: directory)
    _ = try await commandLine.disconnect("acme")
    try directory.write(key, to: "key")
    _ = try await store(in: directory).connect(mailbox(of: "acme", password: "new"))
    #expect(
      try await relay.load().mailbox(of: "acme")?.signIn
        == .password(username: "office@acme.example", Secret("new")))
  }
}
