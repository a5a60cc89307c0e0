// Seals secrets for the disk with AES-256-GCM and opens them again. The key stays in memory that is wiped.

import Cryptography
import Glibc
import Synchronization

/// One key for all secrets of a host (or two, while the second is on its way out); each is bound to its
/// name, so that no sealed value can be moved to another.
final class Vault: Sendable {
  private let file: KeyFile
  /// Empty: not read yet.
  private let cached = Mutex<[Secret]>([])

  init(_ file: KeyFile) {
    self.file = file
  }

  var keyPath: String { file.path }

  /// - Parameter mayMakeKey: no secret has been sealed yet, so a missing key is not a lost one.
  func seal(_ secret: Secret, as name: SecretName, mayMakeKey: Bool) throws(StoreError) -> [UInt8] {
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
