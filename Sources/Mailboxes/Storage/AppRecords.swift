// All that is stored of apps at one moment, and what these facts permit. Pure.

import Foundation
import SMTP

package struct AppRecords: Sendable, Equatable {
  package var credentials: [AppCredentialRecord] = []
  /// The oldest approval first.
  package var approved: [ApprovedApp] = []
  package var denied: [DeniedSender] = []
  /// Some sealed secret of a mailbox; `nil` where there is none.
  package var mailboxSecret: SealedSecret?

  package init() {}

  package func credential(of app: String) -> AppCredentialRecord? { credentials.first { $0.app == app } }

  /// Some sealed secret: where it cannot be opened the key is another one or lost, and no second key must be made.
  var savedSecret: SealedSecret? { mailboxSecret ?? credentials.lazy.compactMap(\.sealedSecret).first }
}

// MARK: Passwords

extension AppRecords {
  /// - Parameters:
  ///   - salt: for an app that has none yet. One that is there stays, so that SCRAM works with the older password too.
  ///   - seal: gives the password sealed. Called when nothing else stands against the change.
  func making(
    _ password: AppPassword, for order: PasswordOrder, salt: [UInt8], by requester: Requester, at now: Date,
    _ seal: () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> DirectoryDecision<Void> {
    let old = credential(of: order.app)
    if let old, !order.rotates { throw .app(.hasPassword(app: order.app, madeAt: old.madeAt)) }
    let verifier = ScramVerifier(
      password: password.octets, salt: old?.verifier.salt ?? salt, iterations: AppCredential.iterations, .openSSL)
    let record = AppCredentialRecord(
      app: order.app, verifier: verifier, equivalent: order.keepsEquivalent ? try seal() : nil, madeAt: now,
      older: order.grace > 0 ? old?.older(until: now + TimeInterval(order.grace)) : nil)
    let grace = record.older.map { ", the older one is good until \($0.until.formatted(.iso8601))" } ?? ""
    let entry = AuditEntry(
      old == nil ? .password : .rotate, "app \(order.app)\(grace)", by: requester, at: now)
    return DirectoryDecision(DirectoryChange(.setsCredential(record), audit: entry), answer: ())
  }

  func revoking(
    _ app: String, by requester: Requester, at now: Date
  ) throws(StoreError) -> DirectoryDecision<Void> {
    guard credential(of: app) != nil else { throw .app(.noPassword(app: app)) }
    let entry = AuditEntry(.revoke, "app \(app)", by: requester, at: now)
    return DirectoryDecision(DirectoryChange(.revokesCredential(app: app), audit: entry), answer: ())
  }
}

extension AppCredentialRecord {
  fileprivate func older(until: Date) -> Older? {
    verifier.keys.first.map { Older(keys: $0, equivalent: equivalent, until: until) }
  }
}

// MARK: Unknown clients

extension AppRecords {
  /// Takes the place of an approval of the same name.
  func approving(_ app: ApprovedApp) -> DirectoryDecision<Void> {
    let entry = AuditEntry(.approve, "app \(app.name) \(app.pattern)", of: app.entity, by: app.by, at: app.at)
    return DirectoryDecision(DirectoryChange(.approvesApp(app), audit: entry), answer: ())
  }

  /// - Returns: `false`, and no change, where it is not approved.
  func withdrawing(_ app: String, by requester: Requester, at now: Date) -> DirectoryDecision<Bool> {
    guard let found = approved.first(where: { $0.name == app }) else { return DirectoryDecision(nil, answer: false) }
    let entry = AuditEntry(.revoke, "approval of app \(app)", of: found.entity, by: requester, at: now)
    return DirectoryDecision(DirectoryChange(.withdrawsApproval(app: app), audit: entry), answer: true)
  }

  func denying(_ sender: DeniedSender) -> DirectoryDecision<Void> {
    let entry = AuditEntry(.deny, "client \(sender.key)", by: sender.by, at: sender.at)
    return DirectoryDecision(DirectoryChange(.deniesSender(sender), audit: entry), answer: ())
  }

  /// - Returns: `false`, and no change, where it is not denied.
  func allowing(_ key: String, by requester: Requester, at now: Date) -> DirectoryDecision<Bool> {
    guard denied.contains(where: { $0.key == key }) else { return DirectoryDecision(nil, answer: false) }
    let entry = AuditEntry(.revoke, "denial of client \(key)", by: requester, at: now)
    return DirectoryDecision(DirectoryChange(.allowsSender(key: key), audit: entry), answer: true)
  }
}
