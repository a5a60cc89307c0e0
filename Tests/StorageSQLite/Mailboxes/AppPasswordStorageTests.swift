// What of an app's password is on the disk, and what a lost key does to it.

import Foundation
import Glibc
import Mailboxes
import Platform
import SMTP
import StorageConformance
import StorageSQLite
import Support
import Testing

@Suite struct AppPasswordStorageTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// All octets of the database and its write-ahead log.
  private func octetsOnDisk() throws -> Data {
    try ["", "-wal"].reduce(into: Data()) { octets, suffix in
      octets += try Data(contentsOf: URL(filePath: directory.path("mailboxes.sqlite" + suffix)))
    }
  }

  private func order(rotates: Bool = false) -> PasswordOrder {
    PasswordOrder(app: "erp", rotates: rotates, keepsEquivalent: true)
  }

  @Test func `no password is in the database's files, and of a revoked one nothing is`() async throws {
    let store = try store(in: directory)
    let password = try await store.makePassword(order(), by: .ofThisProcess)
    let record = try #require(try await storedRecord())
    let keys = try #require(record.verifier.keys.first)
    #expect(try octetsOnDisk().range(of: Data(password.octets.octets)) == nil)
    #expect(try octetsOnDisk().range(of: Data(keys.stored.octets)) != nil)
    try await store.revokePassword(of: "erp", by: .ofThisProcess)
    #expect(try octetsOnDisk().range(of: Data(keys.stored.octets)) == nil)
    #expect(try octetsOnDisk().range(of: Data(record.equivalent ?? [])) == nil)
  }

  @Test func `without its key an app signs in by everything but CRAM-MD5, and no second key is made`() async throws {
    let password = try await store(in: directory).makePassword(order(), by: .ofThisProcess, at: noon)
    let path = directory.path("key")
    unlink(path)
    let store = try store(in: directory)
    _ = try await store.load()
    let found = try #require(store.apps.credentials["erp"])
    #expect(found.verifier(at: noon).matches(password.octets, .openSSL))
    #expect(!found.hasEquivalent && found.equivalents(at: noon).isEmpty)
    await #expect(throws: StoreError.keyMissing(path: path)) {
      _ = try await store.makePassword(order(rotates: true), by: .ofThisProcess)
    }
    await #expect(throws: StoreError.keyMissing(path: path)) { _ = try await store.connect(mailbox(of: "acme")) }
    #expect(!FileManager.default.fileExists(atPath: path))
    try await store.revokePassword(of: "erp", by: .ofThisProcess)
    _ = try await store.connect(mailbox(of: "acme"))
  }

  @Test func `the sentence for another key names the app`() async throws {
    _ = try await store(in: directory).makePassword(order(), by: .ofThisProcess)
    let path = try directory.write((0..<32).map { UInt8($0) &* 7 }, to: "key")
    let mismatch = StoreError.keyMismatch(path: path, entity: "app:erp")
    await #expect(throws: mismatch) { _ = try await store(in: directory).connect(mailbox(of: "acme")) }
    #expect("\(mismatch)".contains("letterhead app revoke erp"))
  }

  private func storedRecord() async throws -> AppCredentialRecord? {
    let storage = try SQLiteDirectory(in: StateDirectory(preparing: directory.path))
    return try await storage.snapshot().apps.credential(of: "erp")
  }
}
