// What an event at the provider means: whom it concerns, what to do about it, and the two sentences people read.

package import Mailboxes
package import SMTP

/// Whom a reply is about.
package enum Scope: String, Sendable { case mailbox, message, recipient }

/// What the relay does about it.
package enum Action: Equatable, Sendable {
  /// This recipient or message is given up.
  case fail
  /// This recipient or message waits: so long, or as the schedule says.
  case retry(after: Duration? = nil)
  /// Throttling and quotas: the mailbox waits; the lane doubles the time when it happens again at once.
  case pause(Duration)
  /// A person is needed. `probe`: whether a sign-in now and then may find the fault gone.
  case hold(probe: Bool)
  /// The provider did not accept who we are. A token is renewed once; a password is never tried again.
  case refuse
  /// Network trouble and its like: come back soon, and raise the flag after so many times in a row.
  case wait(flagAfter: Int? = nil)
}

/// One meaning. The sentences hold `{…}` marks that `Sentences` fills in.
package struct Meaning: Equatable, Sendable {
  package let `class`: FaultClass
  package let scope: Scope
  package let action: Action
  package let summary: String
  package let remedy: String

  package init(
    _ class: FaultClass, _ scope: Scope, _ action: Action, _ summary: String, _ remedy: String = Sentences.nothing
  ) {
    self.class = `class`
    self.scope = scope
    self.action = action
    self.summary = summary
    self.remedy = remedy
  }
}

/// One row of the table: what to look for, and what it means.
package struct Rule: Sendable {
  /// Three-digit codes or their first digits, by spaces: `"535"`, `"421 450"`, `"5"`. Empty: any.
  package let codes: String
  /// Enhanced codes by spaces, the last number perhaps a range: `"5.7.501-503"`. Empty: any.
  package let enhanced: String
  /// Any of these is in the reply, in lower case; `…` stands for anything in between. Empty: whatever it says.
  package let says: [String]
  package let phases: Set<Phase>
  package let meaning: Meaning

  package init(
    _ codes: String = "", _ enhanced: String = "", says: String..., in phases: Set<Phase> = .anywhere,
    means meaning: Meaning
  ) {
    self.codes = codes
    self.enhanced = enhanced
    self.says = says
    self.phases = phases
    self.meaning = meaning
  }

  /// - Parameter text: the reply's lines in lower case, joined by spaces.
  package func matches(_ reply: Reply, text: String, in phase: Phase) -> Bool {
    phases.contains(phase) && matchesCode(reply.code) && matchesEnhanced(reply.enhanced)
      && (says.isEmpty || says.contains { Self.holds(text, pattern: $0) })
  }

  private func matchesCode(_ code: Int) -> Bool {
    codes.isEmpty || codes.split(separator: " ").contains { String(code).hasPrefix($0) }
  }

  private func matchesEnhanced(_ code: EnhancedCode?) -> Bool {
    if enhanced.isEmpty { return true }
    guard let code else { return false }
    return enhanced.split(separator: " ").contains { pattern in
      let parts = pattern.split(separator: ".")
      let details = parts[2].split(separator: "-").compactMap { Int($0) }
      return Int(parts[0]) == code.kind && Int(parts[1]) == code.subject
        && (details[0]...details[details.count - 1]).contains(code.detail)
    }
  }

  private static func holds(_ text: String, pattern: String) -> Bool {
    var rest = text[...]
    for piece in pattern.split(separator: "…") {
      guard let found = rest.firstRange(of: piece) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }
}
