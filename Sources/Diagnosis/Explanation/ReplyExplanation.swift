// What Letterhead makes of a provider's words, and why: for a person who has them from a log, and for support.

package import Foundation
package import Mailboxes

/// For `letterhead explain`; its JSON has these names.
package struct ReplyExplanation: Encodable, Sendable {
  package struct Found: Encodable, Sendable, Equatable {
    package let concept: String
    /// The provider's words that name it.
    package let words: String
  }

  package let phase: String
  /// `true` where nobody named the phase.
  package let phaseIsGuessed: Bool
  package let concepts: [Found]
  /// The sentence, the code or the rule of composition that decided.
  package let rule: String
  package let `class`: String
  package let scope: String
  /// hold, pause, retry or fail; `ask` for an open question.
  package let action: String
  /// What the action means for the mail.
  package let consequence: String
  package let summary: String
  package let remedy: String

  private enum CodingKeys: String, CodingKey {
    case phase, phaseIsGuessed = "phase_guessed", concepts, rule, `class`, scope, action, consequence, summary, remedy
  }

  /// - Parameters:
  ///   - text: as pasted; see ``Answer/init(stated:in:family:)``.
  ///   - provider: `nil`: nobody in particular.
  ///   - now: from which a wait counts, and to the end of whose day.
  package init(of text: String, in phase: ConversationPhase?, at provider: Provider?, now: Date) {
    let family = provider.flatMap { ProviderFamily(named: $0.name) }
    self.init(of: Answer(stated: text, in: phase, family: family), phaseIsGuessed: phase == nil, at: provider, now: now)
  }

  /// Of a token endpoint's answer; `nil` where there was none.
  package init?(of failure: TokenFailure, at provider: Provider?, now: Date) {
    guard let answer = failure.answer(of: provider.flatMap({ ProviderFamily(named: $0.name) })) else { return nil }
    self.init(of: answer, phaseIsGuessed: false, at: provider, now: now)
  }

  private init(of answer: Answer, phaseIsGuessed: Bool, at provider: Provider?, now: Date) {
    let finding = Interpretation(answer)
    let values = Placeholders.onPaper(provider: provider?.label ?? "the provider")
    self.phase = answer.phase.rawValue
    self.phaseIsGuessed = phaseIsGuessed
    concepts = finding.concepts.map { Found(concept: $0.key.rawValue, words: $0.value) }
      .sorted { $0.concept < $1.concept }
    rule = finding.source.name
    `class` = finding.assessment.class.rawValue
    scope = finding.assessment.scope.rawValue
    action = finding.assessment.action.name
    consequence = "Letterhead \(finding.assessment.consequence(of: answer, now: now))"
    summary = values.fill(finding.assessment.summary).capitalizedFirst
    remedy = values.fill(finding.assessment.remedy).capitalizedFirst
  }
}

extension Assessment {
  /// What the action means for the mail: the answer may have a time of its own, or a temporary code.
  fileprivate func consequence(of answer: Answer, now: Date) -> String {
    let time = AnswerTime(answer, now: now)
    switch action {
    case .pause(let wait) where time.isStated && self != Meaning.connectionsUsedUp:
      let rest = Duration.seconds(time.end(ofPause: wait).timeIntervalSince(now))
      return "lets the mailbox rest for \(rest.minutes), by what the words say of time. No message fails."
    case .retry(after: nil):
      guard let wait = time.statedWait else { break }
      return "tries the \(scope.rawValue) again after \(wait.minutes), as the words say."
    case .hold where time.isTemporary, .refuse where time.isTemporary:
      return
        "lets the mailbox rest at first, since the code is temporary, and raises the error flag when the same is said "
        + "three times in a row."
    default: break
    }
    return action.words(for: scope)
  }
}

extension Interpretation.Source {
  /// As a person reads it.
  var name: String {
    switch self {
    case .table(let rule) where !rule.says.isEmpty: "known sentence \"\(rule.says[0])\""
    case .table(let rule): "known code \([rule.codes, rule.enhanced].filter { !$0.isEmpty }.joined(separator: ", "))"
    case .grammar(let rule): "words: \(rule.name)"
    case .code: "nothing in the words: the code and the phase alone"
    }
  }
}

extension Action {
  /// One word for programs.
  package var name: String {
    switch self {
    case .fail: "fail"
    case .ask: "ask"
    case .retry: "retry"
    case .pause: "pause"
    case .hold, .refuse: "hold"
    // What raises the flag after a few times is a person's matter; the rest passes.
    case .wait(let times): times.map { $0 <= 5 } == true ? "hold" : "pause"
    }
  }
}

extension String {
  /// A placeholder's value at the beginning of a sentence may lack its capital.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
