// How concepts make a meaning. Rules are tried in their order; the first whose concepts are all there decides. Where a
// rule asks for a phase or a code, that is because the same words mean something else elsewhere.

import Mailboxes

/// One rule of composition.
package struct MeaningRule: Sendable {
  /// Shown by `letterhead explain`.
  package let name: String
  let means: Assessment
  /// All of these, each as one of several concepts.
  private let needs: [Set<Concept>]
  private let without: Set<Concept>
  private let phases: Set<ConversationPhase>
  /// Three-digit codes or first digits, separated by blanks; empty: any.
  private let codes: String

  init(
    _ name: String, _ needs: Set<Concept>..., without: Set<Concept> = [], in phases: Set<ConversationPhase> = .anywhere,
    codes: String = "", means: Assessment
  ) {
    self.init(name, all: needs, without: without, in: phases, codes: codes, means: means)
  }

  init(
    _ name: String, all needs: [Set<Concept>], without: Set<Concept> = [],
    in phases: Set<ConversationPhase> = .anywhere, codes: String = "", means: Assessment
  ) {
    self.name = name
    self.means = means
    self.needs = needs
    self.without = without
    self.phases = phases
    self.codes = codes
  }

  /// All that the rule asks for or leaves out.
  var concepts: Set<Concept> { needs.reduce(without) { $0.union($1) } }

  func fits(_ concepts: Set<Concept>, _ reply: NormalizedReply) -> Bool {
    phases.contains(reply.phase) && needs.allSatisfy { !$0.isDisjoint(with: concepts) }
      && without.isDisjoint(with: concepts) && reply.hasCode(among: codes)
  }
}
