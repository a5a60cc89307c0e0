// What is shown of an outcome in one line.

import Diagnosis
import Testing

@Suite struct `An outcome` {
  // Our sentence, the provider's words, what is shown.
  @Test(arguments: [
    ("It was refused.", "550 5.7.1 No", "550 5.7.1 No"),
    ("It was refused.", "550 \u{62D2}\u{5426}", "550 \u{62D2}\u{5426}"),
    ("It was refused.", "550", "It was refused. (550)"),
    ("It was refused.", "550 5.7.1", "It was refused. (550 5.7.1)"),
    ("It was refused.", "", "It was refused."),
    ("", "250", "250"),
  ])
  func `is shown by the provider's words, and by ours where those say nothing`(
    ours: String, theirs: String, shown: String
  ) {
    let outcome = Outcome(.failed, scope: .message, summary: ours, words: theirs)
    #expect(outcome.line == shown)
    #expect(outcome.noting("request 7").words == "\(shown) (request 7)")
  }
}
