// A provider as a section of the configuration, key by key: what `letterhead providers NAME` prints can be pasted.

import Foundation
package import Mailboxes
import SMTP

/// One key of a `[provider.NAME]` section.
package enum ProviderValue: Sendable, Equatable, Encodable {
  case text(String)
  case number(Int)
  case flag(Bool)
  case texts([String])
  case numbers([Int])

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    case .flag(let flag): try container.encode(flag)
    case .texts(let texts): try container.encode(texts)
    case .numbers(let numbers): try container.encode(numbers)
    }
  }

  /// JSON's strings, numbers and lists of them are TOML's as well.
  fileprivate var toml: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}

extension Provider {
  /// The keys that say something about this provider, in the table's order.
  package var entries: [(key: String, value: ProviderValue)] {
    let all: [(String, ProviderValue?)] =
      [
        ("label", .text(label)),
        ("host", servers.first.map { .text($0.host) }),
        ("regions", texts(regions)),
        ("port", servers.first.map { .number(Int($0.port)) }),
        ("security", servers.first.map { .text($0.security.rawValue) }),
        ("other_ports", servers.count > 1 ? .numbers(servers.dropFirst().map { Int($0.port) }) : nil),
        ("mechanisms", texts(mechanisms)),
        ("username", login.username == "address" ? nil : .text(login.username)),
        ("app_password", login.appPassword == .no ? nil : .text(login.appPassword.rawValue)),
        ("app_password_at", text(login.madeAt)),
      ] + (oauth?.entries ?? []) + [
        ("max_connections", limits.maxConnections.map { .number($0) }),
        ("messages_per_minute", limits.messagesPerMinute.map { .number($0) }),
        ("recipients_per_message", limits.recipientsPerMessage.map { .number($0) }),
        ("recipients_per_day", limits.recipientsPerDay.map { .number($0) }),
        ("files_sent_copies", filesSentCopies.map { .flag($0) }),
        ("needs_test_message", needsTestMessage ? .flag(true) : nil),
        ("domains", texts(domains)),
        ("mx", texts(mxSuffixes)),
        ("note", text(note)),
      ]
    return all.compactMap { key, value in value.map { (key, $0) } }
  }

  /// The section, ready to be pasted into the configuration.
  package var section: String {
    "[provider.\(name)]\n" + entries.map { "\($0.key) = \($0.value.toml)" }.joined(separator: "\n")
  }
}

extension OAuthService {
  fileprivate var entries: [(String, ProviderValue?)] {
    [
      ("authorize_url", authorizeURL.map { .text($0) }),
      ("authorize_extra", text(authorizeExtra)),
      ("token_url", .text(tokenURL)),
      ("issuer", issuer.map { .text($0) }),
      ("device_url", deviceURL.map { .text($0) }),
      ("consent_url", consentURL.map { .text($0) }),
      ("scopes", texts(scopes)),
      ("app_only", appOnly.map { .text($0.rawValue) }),
      ("app_scopes", texts(appScopes)),
      ("redirect_host", .text(redirectHost)),
      ("tenant", text(tenant)),
    ]
  }
}

private func text(_ text: String) -> ProviderValue? { text.isEmpty ? nil : .text(text) }
private func texts(_ texts: [String]) -> ProviderValue? { texts.isEmpty ? nil : .texts(texts) }
