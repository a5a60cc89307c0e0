// What an event at the provider means: whom it concerns, what to do about it, and the two sentences people read.

package import Mailboxes

/// Whom a reply is about.
package enum Scope: String, Sendable { case mailbox, message, recipient }

/// What the relay does about it.
package enum Action: Equatable, Sendable {
  /// This recipient or message is given up.
  case fail
  /// This recipient or message waits: so long, or as the schedule says.
  case retry(after: Duration? = nil)
  /// Throttling and quotas: the mailbox waits; the lane doubles the time when it happens again at once.
  case pause(Duration)
  /// A person is needed. `probe`: whether a sign-in now and then may find the fault gone.
  case hold(probe: Bool)
  /// The provider did not accept who we are. A token is renewed once; a password is never tried again.
  case refuse
  /// Network trouble and its like: come back soon, and raise the flag after so many times in a row.
  case wait(flagAfter: Int? = nil)
}

/// One meaning. The sentences hold `{…}` marks that `Sentences` fills in.
package struct Meaning: Equatable, Sendable {
  package let `class`: FaultClass
  package let scope: Scope
  package let action: Action
  package let summary: String
  package let remedy: String

  package init(
    _ class: FaultClass, _ scope: Scope, _ action: Action, _ summary: String, _ remedy: String = Sentences.nothing
  ) {
    self.class = `class`
    self.scope = scope
    self.action = action
    self.summary = summary
    self.remedy = remedy
  }

  /// The same, as trouble that passes: what to say of a sign-in service that could not answer.
  var waiting: Meaning { Meaning(self.class, .mailbox, .wait(), summary, remedy) }
}
