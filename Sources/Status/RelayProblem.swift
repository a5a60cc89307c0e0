// What is wrong with the relay itself, and not with one of its mailboxes.

package import Foundation

/// One entry of the status file's `problems`. Its keys and classes are a contract with other people's scripts.
package struct RelayProblem: Codable, Equatable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// Less than `queue_min_free` is free: nothing is accepted.
    case disk
    /// The queue cannot be written: nothing is accepted.
    case spool
    /// A listener is closed that the configuration names.
    case listener
    /// Messages are set aside, because the queue's database cannot read them.
    case damaged
    /// Mail of a connected mailbox is due, and nobody takes it up.
    case stuck
    /// Mail waits of entities that are not configured any more.
    case orphaned
    /// A refusal that nothing explains, and nobody has been able to tell yet who is meant.
    case question
    /// Mail of clients that are no app waits for an administrator's decision.
    case pending
    /// Mail of an app was held in the last 24 hours: it is beyond a limit, or sends the same again and again.
    case app
    /// All mail of an entity is held by a person.
    case held
    /// Whether messages have arrived is for a person to decide.
    case unknown
    /// Messages were given up in the last 24 hours.
    case failed
    /// The configuration has changed and could not be read again.
    case reload
    /// The clock was set, or cannot be right.
    case clock

    /// Mail is refused while it lasts.
    package var stopsAccepting: Bool { [.disk, .spool, .listener].contains(self) }
  }

  package var `class`: Kind
  package var since: Date
  /// What is wrong, in a sentence.
  package var summary: String
  /// What to do about it, in a sentence.
  package var remedy: String

  package init(class: Kind, since: Date, summary: String, remedy: String) {
    self.class = `class`
    self.since = since
    self.summary = summary
    self.remedy = remedy
  }
}
