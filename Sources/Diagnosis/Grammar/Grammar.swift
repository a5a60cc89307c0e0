// What a reply means that no sentence of the table knows: concepts found in its words, composed by rules. The code and the
// phase are evidence and not the verdict; where the words say nothing, there is no meaning, and the question stays open.

import Mailboxes

/// What the grammar made of a reply.
package struct GrammarReading: Sendable {
  /// The concepts found, each with the words that name it.
  package let concepts: [Concept: String]
  /// `nil`: the words are not understood.
  package let rule: MeaningRule?
}

package enum Grammar {
  package static func read(_ reply: NormalizedReply) -> GrammarReading {
    let found = Lexicon.all.concepts(in: reply.wording)
    let concepts = Set(found.keys)
    return GrammarReading(concepts: found, rule: rules.first { $0.fits(concepts, reply) })
  }

  /// From the words that are most certain of their meaning to those that need the phase.
  static let rules: [MeaningRule] =
    networkRules + encryptionRules + signInRules + listRules + messageRules + recipientLimitRules + accountRules
    + limitRules
    + senderRules + clientRules + recipientRules + passingRules
}
