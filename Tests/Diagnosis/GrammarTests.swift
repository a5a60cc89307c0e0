// The grammar of meanings: how words are cut, which concepts they name, and what those come to.

import Foundation
import Mailboxes
import Testing

@testable import Diagnosis

@Suite struct `The grammar of meanings` {
  @Test(arguments: GrammarRow.all) func `comes from words to what they mean`(_ row: GrammarRow) {
    let pauses: Set<FaultClass> = [.quota, .throttle]
    let found = Interpretation(Answer(stated: row.reply, in: row.phase, family: nil))
    let meaning = found.assessment
    #expect(meaning.class == row.fault || pauses.isSuperset(of: [meaning.class, row.fault]), "\(found.source.name)")
    #expect(meaning.scope == row.scope, "\(found.source.name)")
    #expect(meaning.action.name == row.action, "\(found.source.name)")
  }

  @Test(arguments: [
    ("Données dépassées, pour <a@b.example>!", ["donnees", "depassees", "pour", "@"]),
    ("e-mail sign-in", ["email", "sign", "in"]), ("you've, don't; d'un", ["youve", "dont", "d", "un"]),
    ("SendAsDenied SMTPUTF8", ["send", "as", "denied", "smtputf8"]), ("limit 200 of 24h", ["limit", "#", "of", "24h"]),
    ("[192.0.2.9]:25 and 2001:db8::1", ["ip", "#", "and", "ip"]), ("see https://x.example/limit now", ["see", "now"]),
    ("at zen.spamhaus.org.Then", ["at", "zen", "spamhaus", "org", "then"]),
    ("at zen.spamhaus.org or mail.acme.example", ["at", "zen", "or", "acme"]),
    ("Größe łódź", ["grosse", "lodz"]), ("", []),
  ])
  func `cuts words as the lexicon compares them`(_ text: String, _ words: [String]) {
    #expect(Wording(text).words == words)
  }

  @Test func `reads no more words than a sentence has`() {
    #expect(Wording(String(repeating: "limit ", count: 100_000)).words.count <= 400)
  }

  @Test func `has each concept in its lexicon, and uses it in a rule`() {
    let concepts = Set(Concept.allCases)
    let used = Grammar.rules.reduce(into: Set<Concept>()) { $0.formUnion($1.concepts) }
    #expect(concepts.subtracting(used) == [])
  }

  @Test(arguments: Lexicon.languages) func `knows limits, senders and recipients in each language`(_ language: String) {
    let lines = language.split(separator: "\n").compactMap { $0.split(separator: ":").first.map(String.init) }
    #expect(lines.count == Set(lines).count, "a concept stands twice")
    for concept in [Concept.limit, .sender, .recipient, .exceeded, .denied, .signIn] {
      #expect(lines.contains(concept.rawValue), "\(concept)")
    }
  }

  @Test(arguments: ConversationPhase.allCases) func `a hostile reply is answered at once`(_ phase: ConversationPhase) {
    for text in [
      "550 \(String(repeating: "a", count: 65_536))", "550 \(String(repeating: "limit…[", count: 9_000))", "\0\u{202E}",
    ] {
      #expect(!Interpretation(Answer(stated: text, in: phase, family: nil)).assessment.summary.isEmpty)
    }
  }
}
