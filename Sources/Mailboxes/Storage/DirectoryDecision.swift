// A decision made from facts: what to write, and what to answer.

/// What to write, and what to tell whoever asked. Without a change nothing is written.
package struct DirectoryDecision<Answer: Sendable>: Sendable {
  package var change: DirectoryChange?
  package var answer: Answer

  package init(_ change: DirectoryChange?, answer: Answer) {
    self.change = change
    self.answer = answer
  }
}
