// What is wrong with a mailbox, as people are told. Survives restarts.

package import Foundation

package enum FaultClass: String, Sendable, Codable, CaseIterable {
  case auth, consent, policy, sender, throttle, quota, message, recipient, transient, network
}

/// What is wrong with a mailbox, in three sentences people read. It never holds a secret.
package struct Fault: Sendable, Equatable, Codable {
  package var `class`: FaultClass
  package var since: Date
  /// What is wrong.
  package var summary: String
  /// What to do.
  package var remedy: String
  /// The provider's words, verbatim. Empty where it said nothing.
  package var upstream: String

  package init(class: FaultClass, since: Date, summary: String, remedy: String, upstream: String) {
    self.class = `class`
    self.since = since
    self.summary = summary
    self.remedy = remedy
    self.upstream = upstream
  }
}
