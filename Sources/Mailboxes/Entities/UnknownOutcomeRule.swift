// `unknown_outcome`: what becomes of a message whose end was written and whose answer never came.

package enum UnknownOutcomeRule: String, Sendable, CaseIterable {
  /// It is sent again, and may arrive twice.
  case retry
  /// It is looked for in the mailbox's Sent folder first.
  case check
  /// A person decides.
  case hold
}
