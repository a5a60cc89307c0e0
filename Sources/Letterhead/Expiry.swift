// Client secrets, certificates, passwords and sign-ins that expire. People are warned 30, 14, 7 and 1 days before.

import Diagnosis
import Foundation
import Mailboxes
import Status

struct Expiry: Equatable {
  enum Subject: String { case clientSecret = "client secret", certificate, password, signIn = "sign-in" }

  /// How many days before the end a warning is given.
  static let milestones = [30, 14, 7, 1, 0]

  let subject: Subject
  let date: Date
  let mailbox: Mailbox

  /// The known expiries of one mailbox.
  ///
  /// - Parameter secretExpires: `[oauth.NAME] secret_expires`; only the administrator knows it.
  static func all(of mailbox: Mailbox, secretExpires: Date?) -> [Expiry] {
    var found: [(Subject, Date?)] = []
    switch mailbox.signIn {
    case .none: break
    case .password: found = [(.password, secretExpires)]
    case .oauth(let grant):
      found = [(.certificate, grant.signingKey?.expires)]
      if case .secret = grant.proof { found.append((.clientSecret, secretExpires)) }
      if case .refreshToken(_, let lapses) = grant.entitlement { found.append((.signIn, lapses)) }
    }
    return found.compactMap { subject, date in
      date.map { Expiry(subject: subject, date: $0, mailbox: mailbox) }
    }
  }

  /// The last milestone that has passed; `nil` before the first.
  func milestone(at now: Date) -> Int? {
    let days = date.timeIntervalSince(now) / 86_400
    return Self.milestones.last { days <= Double($0) }
  }

  /// - Returns: `nil` before the first milestone.
  func warning(at now: Date) -> EntityStatus.Warning? {
    guard milestone(at: now) != nil else { return nil }
    let days = Int((date.timeIntervalSince(now) / 86_400).rounded(.up))
    let day = String(date.ISO8601Format().prefix(10))
    let when =
      switch days {
      case ..<1: "ended on \(day)"
      case 1: "ends on \(day), within a day"
      default: "ends on \(day), in \(days) days"
      }
    let placeholders = Placeholders(for: mailbox, now: now)
    return EntityStatus.Warning(
      summary: placeholders.fill("The \(subject.rawValue) of {entity} at {provider} \(when)."),
      remedy: placeholders.fill(remedy), expires: date)
  }

  private var remedy: String {
    switch subject {
    case .clientSecret, .password:
      "Make a new one at {provider}, set secret_expires in [oauth.\(mailbox.provider.name)], then run: {connect}"
    case .certificate: "Make a new one and upload it at {provider}, then run: {connect}"
    case .signIn: "Sign in again before that: {connect}"
    }
  }
}

extension Configuration {
  /// What expires of the mailbox connected to `entity`.
  func expiries(of entity: String, in directory: Directory) -> [Expiry] {
    guard let mailbox = directory.mailbox(of: entity) else { return [] }
    return Expiry.all(of: mailbox, secretExpires: clients[mailbox.provider.name]?.secretExpires)
  }
}

/// Logs a warning once at each milestone of each expiry, and when the relay starts.
actor ExpiryWatch {
  private let log: @Sendable (EntityStatus.Warning, _ entity: String) -> Void
  /// The milestone that was logged last, by entity, subject and date.
  private var told: [String: Int] = [:]

  init(log: @escaping @Sendable (EntityStatus.Warning, _ entity: String) -> Void) {
    self.log = log
  }

  func look(at expiries: [Expiry], now: Date) {
    var passed: [String: Int] = [:]
    for expiry in expiries {
      guard let milestone = expiry.milestone(at: now), let warning = expiry.warning(at: now) else { continue }
      let name = "\(expiry.mailbox.entity) \(expiry.subject.rawValue) \(expiry.date.timeIntervalSince1970)"
      passed[name] = milestone
      if told[name] != milestone { log(warning, expiry.mailbox.entity) }
    }
    told = passed
  }
}
