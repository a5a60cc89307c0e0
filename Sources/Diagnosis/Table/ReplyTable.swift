// The one table from what a provider says to what it means, for deliveries, `connect`, `test`, status and reports alike.
// A sentence is matched before an enhanced code, an enhanced code before three digits: providers use permanent codes
// for temporary states and temporary codes for permanent ones. Among those, a provider's own rule goes first.

import Mailboxes
import SMTP

package enum ReplyTable {
  /// Rules about one thing, as the troubleshooting page shows them.
  package struct Chapter: Sendable {
    package let title: String
    package let rules: [Rule]
  }

  /// Rules in the order in which they are tried, among those of their kind.
  package static let chapters = [
    Chapter(title: "Sign-in", rules: microsoftRules + signInRules),
    Chapter(title: "OAuth", rules: microsoftAccountRules + microsoftAppRules + googleTokenRules + tokenRules),
    Chapter(title: "Sender", rules: senderRules),
    Chapter(title: "Limits", rules: quotaRules + limitRules + netEaseRules + carrierRules),
    Chapter(title: "Blocked accounts", rules: blockedRules),
    Chapter(title: "Messages", rules: messageRules),
    Chapter(title: "Recipients", rules: recipientRules),
    Chapter(title: "Microsoft Graph and the Gmail API", rules: postRules + gmailPostRules),
    Chapter(title: "Passing trouble", rules: transientRules),
    Chapter(title: "Anything else", rules: unknownRules),
  ]

  package static let rules: [Rule] = chapters.dropLast().flatMap(\.rules)

  private static let ordered = rules.filter { $0.family != nil } + rules.filter { $0.family == nil }
  private static let sentences = ordered.filter { !$0.says.isEmpty }
  private static let codes =
    ordered.filter { $0.says.isEmpty && !$0.enhanced.isEmpty }
    + ordered.filter { $0.says.isEmpty && $0.enhanced.isEmpty }

  /// The rule that knows a sentence of the reply.
  static func sentence(in reply: NormalizedReply) -> Rule? { sentences.first { $0.matches(reply) } }

  /// The rule that knows a code of one provider: an enhanced code that is not among those of RFC 3463 and its registry,
  /// which are under 100.
  static func vendorCode(of reply: NormalizedReply) -> Rule? {
    // RFC 7372: SPF, DKIM and DMARC have codes of their own; their sentences speak of authentication as sign-ins do.
    let isVendors = reply.enhanced.map { $0.detail >= 100 || $0.subject == 7 && (26...32).contains($0.detail) } ?? false
    return codes.first { !$0.enhanced.isEmpty && isVendors && $0.matches(reply) }
  }

  /// The rule that knows the reply's code, enhanced codes first.
  static func code(of reply: NormalizedReply) -> Rule? { codes.first { $0.matches(reply) } }

  /// By the first digit; there always is one.
  static func unexplained(_ reply: NormalizedReply) -> Rule { unknownRules.first { $0.matches(reply) } ?? nonsense }
}
