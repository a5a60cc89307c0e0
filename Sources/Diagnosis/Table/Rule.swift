// One rule of the table: what to look for, what it means, and how a provider says it. The samples are the rule's test and
// its entry on the troubleshooting page, so that the three cannot contradict one another.

package import Mailboxes
import SMTP

/// A provider's own words, and what they were said to.
package struct Sample: Equatable, Sendable {
  package let phase: ConversationPhase
  /// A reply as on the wire; of a token endpoint `error: description`.
  package let words: String
}

package struct Rule: Equatable, Sendable {
  /// Separated by spaces: three-digit codes or their first digits, `"535"`, `"421 450"`, `"5"`; for a token endpoint its `error`.
  /// Empty: any.
  package let codes: String
  /// Enhanced codes, separated by spaces, the last number perhaps a range: `"5.7.501-503"`. Empty: any.
  package let enhanced: String
  /// Any of these is in the reply, in lower case; `…` stands for anything in between, and a number is a whole number.
  /// Empty: whatever it says.
  package let says: [String]
  package let phases: Set<ConversationPhase>
  /// Only of these providers. `nil`: of any.
  package let family: ProviderFamily?
  package let samples: [Sample]
  package let assessment: Assessment

  package init(
    _ codes: String = "", _ enhanced: String = "", says: String..., in phases: Set<ConversationPhase> = .anywhere,
    at family: ProviderFamily? = nil, like samples: (ConversationPhase, String)..., means assessment: Assessment
  ) {
    self.init(codes, enhanced, says, phases, family, samples.map { Sample(phase: $0.0, words: $0.1) }, assessment)
  }

  /// A rule for a token endpoint. Its class decides what is done: a grant that is gone is not tried again, what an
  /// administrator may mend is looked at now and then, and the rest passes.
  package static func token(
    _ errors: String = "", says: String..., at family: ProviderFamily? = nil, like samples: String...,
    means class: FaultClass, _ summary: String, _ remedy: String = Assessment.nothingToDo
  ) -> Rule {
    let action: Action =
      switch `class` {
      case .auth: .hold(probe: false)
      case .throttle: .pause(.seconds(300))
      case .transient, .network: .wait()
      default: .hold(probe: true)
      }
    return Rule(
      errors, "", says, [.token], family, samples.map { Sample(phase: .token, words: $0) },
      Assessment(`class`, .mailbox, action, summary, remedy))
  }

  private init(
    _ codes: String, _ enhanced: String, _ says: [String], _ phases: Set<ConversationPhase>, _ family: ProviderFamily?,
    _ samples: [Sample], _ assessment: Assessment
  ) {
    self.codes = codes
    self.enhanced = enhanced
    self.says = says
    self.phases = phases
    self.family = family
    self.samples = samples
    self.assessment = assessment
  }
}

extension Rule {
  package func matches(_ reply: NormalizedReply) -> Bool {
    phases.contains(reply.phase) && (family == nil || family == reply.family)
      && reply.hasCode(among: codes) && matchesEnhanced(reply.enhanced)
      && (says.isEmpty || says.contains { Self.holds(reply.text, pattern: $0) })
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

  /// - Parameter text: in lower case.
  static func holds(_ text: String, pattern: String) -> Bool {
    var rest = text.utf8[...]
    for piece in pattern.split(separator: "…") {
      guard let found = rest.ranges(of: piece.utf8).first(where: { !cutsNumber($0, in: rest) }) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }

  /// Whether the match is only part of a longer number: AADSTS53003 is not in AADSTS530032.
  private static func cutsNumber(_ range: Range<String.Index>, in text: Substring.UTF8View) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let (last, next) = (text[range].last, text[range.upperBound...].first)
    return last.map(digits.contains) == true && next.map(digits.contains) == true
  }
}
