// The right to ask a token endpoint for one sign-in: two requests at once with one refresh token end the sign-in at
// providers that detect reuse.

package import Foundation

/// One owner at a time, among all storages that are open on one database.
package struct RefreshLease: Sendable, Equatable {
  /// Of the mailbox whose sign-in is refreshed.
  package let generation: Int64
  package let owner: String
  /// Different for each lease, ascending. Tells a lease that ended from the one that followed it.
  package let term: Int64
  /// When another may take it, released or not; `nil` where the kernel releases it with its owner's process.
  package let until: Date?

  package init(generation: Int64, owner: String, term: Int64, until: Date?) {
    self.generation = generation
    self.owner = owner
    self.term = term
    self.until = until
  }
}
