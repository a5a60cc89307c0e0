// The one table from what a provider says to what it means, for deliveries, `connect`, `test`, status and reports alike.
// A sentence is matched before an enhanced code, an enhanced code before three digits: providers use permanent codes
// for temporary states and temporary codes for permanent ones. Among those, a provider's own rule goes first.

package import Mailboxes
package import SMTP

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
    Chapter(title: "Limits", rules: quotaRules + limitRules),
    Chapter(title: "Blocked accounts", rules: blockedRules),
    Chapter(title: "Messages", rules: messageRules),
    Chapter(title: "Recipients", rules: recipientRules),
    Chapter(title: "Passing trouble", rules: transientRules),
    Chapter(title: "Anything else", rules: unknownRules),
  ]

  package static let rules: [Rule] = chapters.dropLast().flatMap(\.rules)

  private static let kinds: [[Rule]] = {
    let ordered = rules.filter { $0.family != nil } + rules.filter { $0.family == nil }
    return [
      ordered.filter { !$0.says.isEmpty },
      ordered.filter { $0.says.isEmpty && !$0.enhanced.isEmpty },
      ordered.filter { $0.says.isEmpty && $0.enhanced.isEmpty },
      unknownRules,
    ]
  }()

  /// The rule under which an answer falls that is no success; there always is one.
  package static func rule(for answer: Answer) -> Rule {
    let reply = NormalizedReply(answer)
    for kind in kinds {
      if let rule = kind.first(where: { $0.matches(reply) }) { return rule }
    }
    return nonsense
  }

  /// - Parameter mailbox: the same words may mean something else at another provider.
  package static func rule(for reply: Reply, in phase: ConversationPhase, from mailbox: Mailbox) -> Rule {
    rule(for: Answer(reply, in: phase, from: mailbox))
  }
}
