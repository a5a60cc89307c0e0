// Where the key comes from: a systemd credential, or a file in the state directory, made at first use.

import Cryptography
import Foundation
import Glibc
import Platform

/// The 32 octets all secrets are sealed with. Kept outside the database, so that a copy of that alone opens nothing.
struct KeyFile: Sendable {
  private let directory: StateDirectory
  /// `$CREDENTIALS_DIRECTORY`, where systemd started us with one.
  private let credentials: String?
  /// Where systemd looks for a credential that a unit names without a path.
  private let credentialStores: [String]

  init(
    in directory: StateDirectory, credentials: String?,
    credentialStores: [String] = ["/etc", "/run", "/usr/lib"].flatMap {
      ["\($0)/credstore", "\($0)/credstore.encrypted"]
    }
  ) {
    self.directory = directory
    self.credentials = credentials
    self.credentialStores = credentialStores
  }

  private var credentialPath: String? { credentials.map { $0 + "/letterhead.key" } }

  private var ownPath: String { directory.file("key") }

  /// Made by the first process that has the key as a credential, so that others know where the key is.
  private var markPath: String { directory.file("key.credential") }

  /// The file people are told of.
  var path: String {
    if let credentialPath, access(credentialPath, F_OK) == 0 { return credentialPath }
    return ownPath
  }

  /// The credential, then the state directory's key: what the first seals. Both may be there, where the key became a
  /// credential after something had been saved.
  ///
  /// - Returns: nothing when there is no key yet.
  func read() throws(StoreError) -> [Secret] {
    var keys: [Secret] = []
    // systemd hands a credential to a service user as root's file with an ACL, which shows as mode 0440.
    if let path = credentialPath, let key = try key(in: path, owners: [geteuid(), 0], forbidden: 0o037) {
      keys.append(key)
      mark()
    }
    if let key = try key(in: ownPath, owners: [directory.owner], forbidden: 0o077) { keys.append(key) }
    return keys
  }

  /// As well as it goes: the key is there in any case.
  private func mark() {
    if access(markPath, F_OK) != 0 { _ = try? directory.open("key.credential", O_WRONLY) }
  }

  /// Whether this process may seal anything: not where the relay has its key as a credential and this process does not.
  /// What it sealed with another key would lie beside a key in clear.
  ///
  /// - Throws: `.keyIsCredential`.
  func requireSealing() throws(StoreError) {
    if let credentialPath, access(credentialPath, F_OK) == 0 { return }
    let marks = [markPath] + credentialStores.map { "\($0)/letterhead.key" }
    if let mark = marks.first(where: { access($0, F_OK) == 0 }) { throw .keyIsCredential(mark: mark) }
  }

  private func key(in path: String, owners: [uid_t], forbidden: mode_t) throws(StoreError) -> Secret? {
    let octets = try inStateDirectory { () throws(StateDirectoryError) in
      try PrivateFile.read(path, owners: owners, forbidden: forbidden, limit: limit)
    }
    guard let octets else { return nil }
    return try decoded(octets, path: path)
  }

  /// Makes the key in the state directory, or reads the one that another process made meanwhile. Called inside a
  /// transaction, whose write lock keeps two processes from writing one draft.
  func make() throws(StoreError) -> [Secret] {
    try inStateDirectory { () throws(StateDirectoryError) in try write(randomOctets(32)) }
    return try read()
  }

  private func write(_ octets: [UInt8]) throws(StateDirectoryError) {
    let draft = directory.file("key.new")
    unlink(draft)
    defer { unlink(draft) }
    let file = try directory.open("key.new", O_WRONLY | O_EXCL)
    do throws(SystemError) {
      try file.write(octets)
      try file.synchronize()
      // A link appears whole or not at all, and never replaces: two first uses end with one key.
      guard link(draft, ownPath) == 0 || errno == EEXIST else { throw SystemError() }
    } catch { throw StateDirectoryError(error, at: ownPath) }
    try directory.synchronize()
  }
}

/// More than any spelling of a key takes.
private let limit = 256

/// 32 octets as they are, or in hexadecimal or base64 as people make them (`openssl rand -base64 32`).
private func decoded(_ octets: [UInt8], path: String) throws(StoreError) -> Secret {
  if octets.count == 32 { return Secret(octets: octets) }
  let text = String(decoding: octets, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  guard let key = hexadecimal(text) ?? Data(base64Encoded: text).map(Array.init), key.count == 32 else {
    throw .keyMalformed(path: path)
  }
  return Secret(octets: key)
}

/// Whether a file with this content would do as the key.
package func isKey(_ octets: [UInt8]) -> Bool { (try? decoded(octets, path: "")) != nil }

private func hexadecimal(_ text: String) -> [UInt8]? {
  let digits = text.utf8.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 ? Int($0) - 48 : (Int($0) | 0x20) - 87 }
  guard digits.count == 64, digits.allSatisfy({ 0..<16 ~= $0 }) else { return nil }
  return (0..<32).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
}
