// What is kept of apps: their passwords, those approved here, and who was denied. Each verb is on disk, and is in `apps`,
// when it returns.

import Cryptography
package import Foundation
import Logging
import Logs
import Synchronization

extension MailboxStore {
  /// The newest registry that was read. Waits for nothing, so a session may ask for every sign-in. What another process has
  /// changed is in it within a second, while anybody follows ``changes()`` or ``appChanges()``.
  package nonisolated var apps: AppRegistry { knownApps.withLock { $0 } }

  /// Makes a password, and keeps of it what checks it. It is in the answer and nowhere else.
  ///
  /// - Throws: `.app(.hasPassword)` where there is one and `order` does not rotate it.
  package func makePassword(
    _ order: PasswordOrder, by requester: Requester, at now: Date = Date()
  ) async throws(StoreError) -> AppPassword {
    let (password, salt) = (AppPassword.random(), randomOctets(16))
    try await storage.changeApps { [vault] records throws(StoreError) in
      try records.making(password, for: order, salt: salt, by: requester, at: now) { () throws(StoreError) in
        try vault.seal(
          password.secret, as: AppCredentialRecord.secretName(of: order.app), beside: records.savedSecret)
      }
    }
    await lookAgain()
    return password
  }

  /// - Throws: `.app(.noPassword)`.
  package func revokePassword(
    of app: String, by requester: Requester, at now: Date = Date()
  ) async throws(StoreError) {
    try await storage.changeApps { records throws(StoreError) in try records.revoking(app, by: requester, at: now) }
    await lookAgain()
  }

  /// Takes the place of an approval of the same name.
  package func approve(_ app: ApprovedApp) async throws(StoreError) {
    try await storage.changeApps { $0.approving(app) }
    await lookAgain()
  }

  /// - Returns: `false` where it is not approved.
  package func withdrawApproval(
    of app: String, by requester: Requester, at now: Date = Date()
  ) async throws(StoreError) -> Bool {
    let wasApproved = try await storage.changeApps { $0.withdrawing(app, by: requester, at: now) }
    await lookAgain()
    return wasApproved
  }

  package func deny(_ sender: DeniedSender) async throws(StoreError) {
    try await storage.changeApps { $0.denying(sender) }
    await lookAgain()
  }

  /// - Returns: `false` where it is not denied.
  package func allow(
    sender key: String, by requester: Requester, at now: Date = Date()
  ) async throws(StoreError) -> Bool {
    let wasDenied = try await storage.changeApps { $0.allowing(key, by: requester, at: now) }
    await lookAgain()
    return wasDenied
  }

  func registry(of records: AppRecords) -> AppRegistry {
    var registry = AppRegistry()
    registry.approved = records.approved
    registry.denied = records.denied
    for record in records.credentials {
      registry.credentials[record.app] = AppCredential(record) { open($0, of: record.app) }
    }
    return registry
  }

  /// An app whose kept password does not open signs in by everything but CRAM-MD5.
  private func open(_ sealed: [UInt8], of app: String) -> Secret? {
    do throws(StoreError) {
      return try vault.open(sealed, as: AppCredentialRecord.secretName(of: app))
    } catch {
      log?.tell(.passwordUnreadable, [.app: app, .reason: "\(error)"])
      return nil
    }
  }
}
