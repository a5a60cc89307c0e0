// The one table from a provider's reply to its meaning. Delivery, connect, test, status and reports all read it here.
// A sentence is matched before an enhanced code, an enhanced code before three digits: providers use permanent codes
// for temporary states and temporary codes for permanent ones.

import Mailboxes
package import SMTP

package enum ReplyTable {
  /// Rows in the order in which they are tried, among those of their kind.
  package static let rules: [Rule] =
    signInRules + senderRules + limitRules + blockedRules + messageRules + recipientRules + transientRules

  private static let bySentence = rules.filter { !$0.says.isEmpty }
  private static let byEnhancedCode = rules.filter { $0.says.isEmpty && !$0.enhanced.isEmpty }
  private static let byCode = rules.filter { $0.says.isEmpty && $0.enhanced.isEmpty }

  /// The row that a reply that is not a success falls under; there always is one.
  package static func rule(for reply: Reply, in phase: Phase) -> Rule {
    let text = reply.lines.joined(separator: " ").lowercased()
    for kind in [bySentence, byEnhancedCode, byCode] {
      if let rule = kind.first(where: { $0.matches(reply, text: text, in: phase) }) { return rule }
    }
    return unknown(reply, in: phase)
  }

  /// By first digit, when no row knows the reply.
  private static func unknown(_ reply: Reply, in phase: Phase) -> Rule {
    (unknownRules.first { $0.matches(reply, text: "", in: phase) }) ?? nonsense
  }

  /// What nobody has described yet. Before MAIL nothing about a message was judged, and at MAIL only the mailbox's own
  /// address, so there a 5xx is about the mailbox.
  package static let unknownRules: [Rule] = [
    Rule(
      "5", in: [.greeting, .hello, .startTLS, .token],
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} refuses this connection.",
        "Ask {provider} whether it allows submission from this machine's public address, then run: {test}")),
    Rule(
      "5", in: [.signIn],
      means: Meaning(
        .auth, .mailbox, .refuse, "{provider} does not accept the saved sign-in of {address}.",
        "Check user name and password or sign in anew, then run: {connect}")),
    Rule(
      "5", in: [.mail],
      means: Meaning(
        .policy, .mailbox, .hold(probe: true), "{provider} does not let this connection send as {address}.",
        "Check that the signed-in user may send as {address}, then run: {test}")),
    Rule(
      "5", in: [.data, .body],
      means: Meaning(
        .message, .message, .fail, "{provider} refused the message.",
        "Read the provider's words, mend the message in the app and send it again; to check the mailbox, run: {test}")),
    Rule(
      "5", in: [.recipient],
      means: Meaning(
        .recipient, .recipient, .fail, "{provider} refused the recipient.",
        "Check the recipient's address in the app; to check the mailbox, run: {test}")),
    Rule(
      "4", in: [.recipient], means: Meaning(.transient, .recipient, .retry(), "{provider} takes the recipient later.")),
    Rule("4", in: [.mail, .data, .body], means: Meaning(.transient, .message, .retry(), "{provider} is busy.")),
    Rule(
      "4", in: .beforeMail,
      means: Meaning(.transient, .mailbox, .wait(), "{provider} does not serve this connection at the moment.")),
  ]

  /// 1yz, 3yz out of place, digits that SMTP does not know.
  static let nonsense = Rule(
    means: Meaning(
      .transient, .message, .retry(), "{provider} answered with something that SMTP does not know here.",
      "If it lasts, check that {host} port {port} is a submission server, then run: {test}"))
}
