// What the other side said, in the form in which the table reads it: a mail server's reply, or a token endpoint's error.

package import Mailboxes
package import SMTP

package struct Saying: Sendable {
  /// No sentence that is known begins further back; a hostile server would send 64 KiB.
  private static let longestText = 2000

  /// Three digits, or the token endpoint's `error`.
  let code: String
  let enhanced: EnhancedCode?
  /// All lines on one, in lower case.
  let text: String
  let phase: Phase
  let service: Service?

  package init(_ reply: Reply, in phase: Phase, from mailbox: Mailbox) {
    code = String(reply.code)
    enhanced = reply.enhanced
    text = Self.comparable(reply.lines.joined(separator: " "))
    self.phase = phase
    service = Service(of: mailbox)
  }

  /// - Parameter error: as RFC 6749 §5.2 names it; empty where none was given.
  package init(tokenError error: String, _ description: String, from mailbox: Mailbox) {
    code = error
    enhanced = nil
    text = Self.comparable(description)
    phase = .token
    service = Service(of: mailbox)
  }

  private static func comparable(_ text: String) -> String { text.prefix(longestText).lowercased() }
}

/// Those whose words mean something else than the same words elsewhere. A row asks for one only where its words alone
/// would mislead.
package enum Service: String, Sendable, CaseIterable {
  case microsoft
  /// Microsoft's personal accounts: no administrator, and no switch.
  case outlook
  case google

  /// By the provider's name; else, for those connected with plain `--smtp`, by where the server stands.
  package init?(of mailbox: Mailbox) {
    let (name, host) = (mailbox.provider.name, mailbox.server.host.lowercased())
    let found = Self.allCases.first { service in
      name == service.rawValue || name.hasPrefix("\(service.rawValue)-")
        || service.hosts.contains { host == $0 || host.hasSuffix(".\($0)") }
    }
    guard let found else { return nil }
    self = found
  }

  private var hosts: [String] {
    switch self {
    case .microsoft: ["office365.com", "office365.us", "partner.outlook.cn"]
    case .outlook: ["smtp-mail.outlook.com"]
    case .google: ["gmail.com", "googlemail.com", "google.com"]
    }
  }
}
