// Seals secrets for the disk with AES-256-GCM and opens them again. The key stays in memory that is wiped.

import Cryptography
import Glibc
import Synchronization
package import Platform

/// One key for all secrets of a host, or two while the second is on its way out. Each secret is bound to its name, so that
/// no sealed secret can be put in the place of another.
package final class Vault: Sendable {
  private let file: KeyFile
  /// Empty: not read yet.
  private let cached = Mutex<[Secret]>([])

  /// Reads no key yet.
  ///
  /// - Parameters:
  ///   - directory: where the key is, and is made at first use.
  ///   - credentials: `$CREDENTIALS_DIRECTORY`; a `letterhead.key` there goes before the state directory's.
  package convenience init(in directory: StateDirectory, credentials: String?) {
    self.init(KeyFile(in: directory, credentials: credentials))
  }

  init(_ file: KeyFile) {
    self.file = file
  }

  var keyPath: String { file.path }

  /// Marks the state directory where this process has the key as a credential: others shall know from its start on, and not
  /// from the first secret that it opens.
  package func noteCredential() { _ = try? file.read() }

  /// Seals the secrets of one mailbox.
  ///
  /// - Parameter other: a secret that was sealed before, of another mailbox. `nil`: there is none, so a missing key is not
  ///   a lost one and is made.
  func seal(
    _ secrets: [SecretField: Secret], of entity: String, beside other: SealedSecret?
  ) throws(StoreError) -> [String: [UInt8]] {
    // With another key than the other secrets' this mailbox would be saved and theirs be lost.
    if let other { _ = try open(other.octets, as: other.name) }
    var sealed: [String: [UInt8]] = [:]
    for (field, secret) in secrets {
      let name = SecretName(entity: entity, field: field.rawValue)
      sealed[name.field] = try seal(secret, as: name, mayMakeKey: other == nil)
    }
    return sealed
  }

  /// Seals one secret. `other` is as in ``seal(_:of:beside:)``.
  func seal(_ secret: Secret, as name: SecretName, beside other: SealedSecret?) throws(StoreError) -> [UInt8] {
    if let other { _ = try open(other.octets, as: other.name) }
    return try seal(secret, as: name, mayMakeKey: other == nil)
  }

  func seal(_ secret: Secret, as name: SecretName, mayMakeKey: Bool = false) throws(StoreError) -> [UInt8] {
    try file.requireSealing()
    let key = try currentKeys(mayMake: mayMakeKey)[0]
    do {
      return try wiping(secret) { plain in
        try wiping(key) { try AES256GCM.seal(plain, key: $0, associatedData: name.associatedData) }
      }
    } catch {
      throw .unusable(path: keyPath, reason: "\(error)")
    }
  }

  func open(_ sealed: [UInt8], as name: SecretName) throws(StoreError) -> Secret {
    if let secret = attempt(sealed, name, with: try currentKeys(mayMake: false)) { return secret }
    // Another process may have made a key since, or replaced the one whose every seal was forgotten.
    cached.withLock { $0 = [] }
    if let secret = attempt(sealed, name, with: try currentKeys(mayMake: false)) { return secret }
    throw .keyMismatch(path: keyPath, entity: name.entity)
  }

  private func attempt(_ sealed: [UInt8], _ name: SecretName, with keys: [Secret]) -> Secret? {
    for key in keys {
      let plain = wiping(key) { try? AES256GCM.open(sealed, key: $0, associatedData: name.associatedData) }
      guard var plain else { continue }
      defer { wipe(&plain) }
      return Secret(octets: plain)
    }
    return nil
  }

  /// Read at first use and kept: a key lost while the process runs does not stop it.
  private func currentKeys(mayMake: Bool) throws(StoreError) -> [Secret] {
    let kept = cached.withLock { $0 }
    if !kept.isEmpty { return kept }
    var found = try file.read()
    if found.isEmpty, mayMake { found = try file.make() }
    guard !found.isEmpty else { throw .keyMissing(path: keyPath) }
    cached.withLock { $0 = found }
    return found
  }
}

/// Lends the secret's octets as an array and wipes that afterwards.
private func wiping<Result, Failure>(
  _ secret: Secret, _ body: ([UInt8]) throws(Failure) -> Result
) throws(Failure) -> Result {
  var octets = secret.withOctets { Array($0) }
  defer { wipe(&octets) }
  return try body(octets)
}

private func wipe(_ octets: inout [UInt8]) {
  octets.withUnsafeMutableBytes { buffer in
    if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
  }
}
