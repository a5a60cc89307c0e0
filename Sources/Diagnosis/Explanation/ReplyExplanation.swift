// What Letterhead makes of a provider's words, and why: for a person who has them from a log, and for support.

import Foundation
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
  package init(of text: String, in phase: ConversationPhase?, at provider: Provider?) {
    let family = provider.flatMap { ProviderFamily(named: $0.name) }
    let answer = Answer(stated: text, in: phase, family: family)
    let finding = Interpretation(answer)
    let values = Placeholders.onPaper(provider: provider?.label ?? "the provider")
    self.phase = answer.phase.rawValue
    phaseIsGuessed = phase == nil
    concepts = finding.concepts.map { Found(concept: $0.key.rawValue, words: $0.value) }
      .sorted { $0.concept < $1.concept }
    rule = finding.source.name
    `class` = finding.assessment.class.rawValue
    scope = finding.assessment.scope.rawValue
    action = finding.assessment.action.name
    consequence = "Letterhead \(finding.assessment.action.words(for: finding.assessment.scope))"
    summary = values.fill(finding.assessment.summary).capitalizedFirst
    remedy = values.fill(finding.assessment.remedy).capitalizedFirst
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
