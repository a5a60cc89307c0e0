// The key, where it may come from, and when it is refused.

import Foundation
import Support
import Platform
import Testing

@testable import Mailboxes

@Suite struct VaultTests {
  private let directory: TemporaryDirectory
  private let key = (0..<32).map { UInt8($0) &* 7 }

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func file(credentials: String? = nil) throws -> KeyFile {
    KeyFile(in: try StateDirectory(preparing: directory.path), credentials: credentials)
  }

  @Test func `a key is read raw, in hexadecimal and in base64`() throws {
    let hexadecimal = key.map { String(format: "%02X", $0) }.joined()
    let spellings = [key, Array((hexadecimal + "\n").utf8), Array((Data(key).base64EncodedString() + "\n").utf8)]
    for spelling in spellings {
      try directory.write(spelling, to: "key")
      #expect(try file().read() == [Secret(octets: key)])
    }
  }

  @Test(arguments: ["", "short", String(repeating: "g", count: 64), String(repeating: "a", count: 5000)])
  func `a key of another size is refused`(text: String) throws {
    let path = try directory.write(text, to: "key")
    #expect(throws: StoreError.keyMalformed(path: path)) { try file().read() }
  }

  @Test(arguments: [0o644, 0o640, 0o660, 0o604])
  func `a key others may read is refused, and the sentence says how to mend it`(mode: Int) throws {
    let path = try directory.write(key, to: "key", mode: mode)
    let refusal = StoreError.directory(.wrongMode(path: path, found: UInt32(mode), expected: 0o600))
    #expect(throws: refusal) { try file().read() }
    #expect("\(refusal)".hasSuffix("Run: chmod 0600 \(path)"))
  }

  @Test func `a link, a directory and a pipe are no keys`() throws {
    let path = directory.path("key")
    try directory.write(key, to: "elsewhere")
    symlink(directory.path("elsewhere"), path)
    #expect(throws: StoreError.directory(.symbolicLink(path: path))) { try file().read() }
    unlink(path)
    mkdir(path, 0o700)
    #expect(throws: StoreError.directory(.notRegular(path: path))) { try file().read() }
    rmdir(path)
    mkfifo(path, 0o600)
    #expect(throws: StoreError.directory(.notRegular(path: path))) { try file().read() }
  }

  @Test func `somebody else's key is refused`() throws {
    try #require(geteuid() == 0, "only root can give a file away")
    let path = try directory.write(key, to: "key")
    chown(path, 12345, 12345)
    #expect(throws: StoreError.directory(.strayFile(path: path, found: 12345, expected: 0))) { try file().read() }
  }

  @Test func `what root makes in a service's state directory belongs to the service`() throws {
    try #require(geteuid() == 0, "only root can work on another's directory")
    chown(directory.path, 12345, 12345)
    _ = try file().make()
    #expect(try FileManager.default.attributesOfItem(atPath: directory.path("key"))[.ownerAccountID] as? Int == 12345)
    #expect(try file().read().count == 1)
  }

  @Test func `systemd's credential goes before the state directory's key, mode 0440 and all`() throws {
    let credentials = try TemporaryDirectory()
    let own = [UInt8](repeating: 1, count: 32)
    try directory.write(own, to: "key")
    #expect(try file(credentials: credentials.path).read() == [Secret(octets: own)])
    try credentials.write(key, to: "letterhead.key", mode: 0o440)
    #expect(try file(credentials: credentials.path).read() == [Secret(octets: key), Secret(octets: own)])
    try credentials.write(key, to: "letterhead.key", mode: 0o444)
    #expect(throws: StoreError.self) { try file(credentials: credentials.path).read() }
  }

  @Test func `where the key is a credential nothing is sealed without it, and no second key is made`() throws {
    let credentials = try TemporaryDirectory()
    try credentials.write(key, to: "letterhead.key", mode: 0o440)
    let place = SecretName(entity: "acme", field: "password")
    let sealed = try Vault(try file(credentials: credentials.path)).seal(
      Secret("swordfish"), as: place, mayMakeKey: true)
    #expect(access(directory.path("key"), F_OK) != 0)

    let refusal = StoreError.keyIsCredential(mark: directory.path("key.credential"))
    let without = Vault(try file())
    #expect(throws: refusal) { try without.seal(Secret("x"), as: place, mayMakeKey: true) }
    #expect(access(directory.path("key"), F_OK) != 0, "a second key was made")
    // Nor with a key of its own, which the relay has given up.
    try directory.write([UInt8](repeating: 1, count: 32), to: "key")
    #expect(throws: refusal) { try Vault(try file()).seal(Secret("x"), as: place, mayMakeKey: true) }
    #expect(try Vault(try file(credentials: credentials.path)).open(sealed, as: place) == Secret("swordfish"))
  }

  @Test func `a credential that waits for the relay's first start is the key already`() throws {
    let store = try TemporaryDirectory()
    try store.write(key, to: "letterhead.key")
    let file = KeyFile(
      in: try StateDirectory(preparing: directory.path), credentials: nil, credentialStores: [store.path])
    #expect(throws: StoreError.keyIsCredential(mark: store.path("letterhead.key"))) {
      try Vault(file).seal(Secret("x"), as: SecretName(entity: "acme", field: "password"), mayMakeKey: true)
    }
    #expect(access(directory.path("key"), F_OK) != 0)
  }

  @Test func `a sealed secret opens only in its own place`() throws {
    let vault = Vault(try file())
    let sealed = try vault.seal(Secret("swordfish"), as: .init(entity: "acme", field: "password"), mayMakeKey: true)
    #expect(try vault.open(sealed, as: .init(entity: "acme", field: "password")) == Secret("swordfish"))
    for place in [SecretName(entity: "beta", field: "password"), SecretName(entity: "acme", field: "refresh-token")] {
      #expect(throws: StoreError.self) { try vault.open(sealed, as: place) }
    }
  }
}
