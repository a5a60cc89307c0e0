// What a described mailbox must not hold, whoever describes it and over whichever way it comes: all of it is stored, shown
// to administrators, and some of it sent.

import Foundation
import Mailboxes
import SMTP
import Platform

extension Mailbox {
  package enum Unfit: Sendable, Equatable {
    /// What an option of `connect` says is no single line of text, or too long.
    case text(option: String)
    /// No TLS on the way to another host.
    case clear
    /// A date that no calendar has.
    case date
  }

  /// - Returns: the first thing that is wrong; `nil` for a mailbox that may be tested.
  var unfit: Unfit? {
    for (option, text, limit) in texts where PlainText(text, limit: limit) == nil { return .text(option: option) }
    if server.security == .none, !server.isLoopback { return .clear }
    return dates.allSatisfy(Self.calendar.contains) ? nil : .date
  }

  private static let calendar = Date(timeIntervalSince1970: 0)...Date(timeIntervalSince1970: 253_402_300_799)

  private var texts: [(option: String, text: String, limit: Int)] {
    let ours =
      [("--smtp", server.host, 255)] + (displayName.map { [("--display-name", $0, 255)] } ?? [])
      + given.words.map { ("an option", $0, 4096) }
    switch signIn {
    case .none: return ours
    case .password(let username, _): return ours + [("--username", username, 512)]
    case .oauth(let grant):
      return ours + [
        ("--username", grant.username, 512), ("--client-id", grant.clientID, 512),
        ("--token-url", grant.tokenURL.absoluteString, 2000),
      ] + (grant.scope.map { [("--scope", $0, 4000)] } ?? []) + proofTexts(grant.proof)
    }
  }

  /// A path that is not whole stands as no text at all: nobody knows in which folder the relay would look.
  private func proofTexts(_ proof: OAuthGrant.ClientProof) -> [(option: String, text: String, limit: Int)] {
    switch proof {
    case .none, .secret, .certificate: []
    case .assertionFile(let path): [("--client-assertion-file", path.hasPrefix("/") ? path : "", 4000)]
    case .secretCommand(let words):
      [("--client-secret-command", words.first?.hasPrefix("/") == true ? words.joined(separator: " ") : "", 4000)]
    }
  }

  private var dates: [Date] {
    guard case .oauth(let grant) = signIn else { return [] }
    let lapses: Date? = if case .refreshToken(_, let lapses) = grant.entitlement { lapses } else { nil }
    return [lapses, grant.signingKey?.expires].compactMap(\.self)
  }
}
