// What an answer means, and how that was found: by a sentence of the table, by the grammar, or by the code alone.

import Mailboxes

package struct Interpretation: Sendable {
  /// What decided.
  package enum Source: Sendable {
    /// A sentence that is known, or a code that has one meaning.
    case table(Rule)
    /// Concepts in the words.
    case grammar(MeaningRule)
    /// Nothing in the words: only the first digits and the phase.
    case code(Rule)

    /// The table's; `nil` where the grammar decided.
    package var rule: Rule? {
      switch self {
      case .table(let rule), .code(let rule): rule
      case .grammar: nil
      }
    }
  }

  package let assessment: Assessment
  package let source: Source
  /// The concepts found in the words, each with the words that name it; empty where the table decided.
  package let concepts: [Concept: String]

  /// Sentences come first, then the words' meaning, then codes: providers use permanent codes for temporary states and
  /// temporary codes for permanent ones.
  package init(_ answer: Answer) {
    let reply = NormalizedReply(answer)
    if let rule = ReplyTable.sentence(in: reply) ?? ReplyTable.vendorCode(of: reply) {
      self.init(rule.assessment, .table(rule), [:])
      return
    }
    let reading = Set.overHTTP.contains(reply.phase) ? nil : Grammar.read(reply)
    if let rule = reading?.rule {
      self.init(rule.means, .grammar(rule), reading?.concepts ?? [:])
    } else if let rule = ReplyTable.code(of: reply) {
      self.init(rule.assessment, .table(rule), reading?.concepts ?? [:])
    } else {
      let rule = ReplyTable.unexplained(reply)
      self.init(rule.assessment, .code(rule), reading?.concepts ?? [:])
    }
  }

  private init(_ assessment: Assessment, _ source: Source, _ concepts: [Concept: String]) {
    self.assessment = assessment
    self.source = source
    self.concepts = concepts
  }
}
