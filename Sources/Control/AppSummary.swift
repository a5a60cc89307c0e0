// One app as people see it: what it may do, its password, and what it did lately.

import Access
package import Foundation
import Mailboxes
import SMTP

package struct AppSummary: Sendable, Equatable, Codable {
  package var name: String
  /// Named in the configuration; else approved here, or only a password is left of it.
  package var isConfigured: Bool
  package var isApprovedHere: Bool
  package var match: [String] = []
  package var entities: [String] = []
  package var senders: [String] = []
  package var recipients: [String] = []
  package var choose: [String] = []
  package var mode = ""
  package var signIn = false
  package var cramMD5 = false
  package var messagesPerMinute: Int?
  package var messagesPerDay: Int?
  package var recipientsPerDay: Int?
  package var maxMessageBytes: Int?
  package var beyond = ""
  package var passwordMadeAt: Date?
  /// The password itself, sealed; `nil` where none is kept.
  package var cramMD5Password: KeptPassword?
  /// Until when the password before this one is good as well.
  package var olderPasswordUntil: Date?
  /// `nil` where no relay runs.
  package var activity: AppActivity?
}

/// A password that is kept for CRAM-MD5.
package enum KeptPassword: String, Sendable, Codable {
  case kept
  /// It was sealed with another key, or the key is gone.
  case unreadable
}

/// What an app did, as far as the relay that answers knows: since it was started, unless a counter says otherwise.
package struct AppActivity: Sendable, Equatable, Codable {
  package var lastSeen: Date?
  package var lastSignIn: Date?
  /// Who it was then: `uid 1004, erp.service`.
  package var lastIdentity: String?
  package var sessions: Int?
  package var messagesToday: Int?
  package var recipientsToday: Int?
  package var messages: Int?
  package var refused: Int?
  package var held: Int?
  /// Dropped for `dedupe`.
  package var duplicates: Int?

  package init() {}
}

extension AppSummary {
  init(_ app: App, _ credential: AppCredential?, at now: Date) {
    self.init(name: app.name, isConfigured: !app.isApprovedHere, isApprovedHere: app.isApprovedHere)
    match = app.match.map(\.text)
    entities = app.entities
    senders = app.senders.map(\.text)
    recipients = app.recipients.map(\.text)
    choose = app.choose.map(\.rawValue)
    mode = app.mode.text
    signIn = app.signsIn
    cramMD5 = app.signsInByCramMD5
    messagesPerMinute = app.limits.messagesPerMinute
    messagesPerDay = app.limits.messagesPerDay
    recipientsPerDay = app.limits.recipientsPerDay
    maxMessageBytes = app.limits.maxMessageOctets
    beyond = app.limits.beyond.rawValue
    note(credential, at: now)
  }

  /// A password whose app is not configured any more.
  init(leftOver credential: AppCredential, at now: Date) {
    self.init(name: credential.app, isConfigured: false, isApprovedHere: false)
    note(credential, at: now)
  }

  private mutating func note(_ credential: AppCredential?, at now: Date) {
    passwordMadeAt = credential?.madeAt
    cramMD5Password = credential.flatMap { $0.isUnreadable ? .unreadable : $0.hasEquivalent ? .kept : nil }
    if let credential, credential.isReplacing(at: now) { olderPasswordUntil = credential.olderUntil }
  }
}

extension App.Mode {
  /// As the configuration writes it.
  var text: String {
    switch self {
    case .normal: "normal"
    case .hold: "hold"
    case .sandbox: "sandbox"
    case .redirect(let address): "redirect:\(address.text)"
    }
  }
}
