// What the other side said, and to what: a mail server's reply, or a token endpoint's error. The rules read nothing else.

package import Mailboxes
package import SMTP

package struct Answer: Equatable, Sendable {
  /// Three digits, or the token endpoint's `error` (RFC 6749 §5.2) in lower case, which is empty where it gave none; where
  /// the endpoint could not answer, its HTTP status.
  package var code: String
  package var enhanced: EnhancedCode?
  /// All lines on one, as they were said.
  package var words: String
  /// What it was said to.
  package var phase: ConversationPhase
  /// Whose words these are, where the same words mean something else elsewhere.
  package var family: ProviderFamily?

  package init(
    code: String, enhanced: EnhancedCode? = nil, words: String, phase: ConversationPhase, family: ProviderFamily? = nil
  ) {
    self.code = code
    self.enhanced = enhanced
    self.words = words
    self.phase = phase
    self.family = family
  }
}

extension Answer {
  package init(_ reply: Reply, in phase: ConversationPhase, from mailbox: Mailbox) {
    self.init(
      code: String(reply.code), enhanced: reply.enhanced, words: reply.lines.joined(separator: " "), phase: phase,
      family: ProviderFamily(of: mailbox))
  }

  package init(tokenError error: String, _ description: String, from mailbox: Mailbox) {
    self.init(tokenError: error, description, family: ProviderFamily(of: mailbox))
  }

  /// - Parameter error: empty where the token endpoint gave none.
  package init(tokenError error: String, _ description: String, family: ProviderFamily?) {
    self.init(
      code: error.lowercased(), words: error.isEmpty ? description : "\(error): \(description)", phase: .token,
      family: family)
  }

  /// Of a token endpoint that could not answer.
  package init(tokenStatus status: Int, _ words: String, family: ProviderFamily?) {
    self.init(code: "\(status)", words: words, phase: .token, family: family)
  }
}
