// What an answer or an error means: whom it concerns, what to do about it, and the two sentences that people read.

package import Mailboxes

/// Whom an answer is about.
package enum Scope: String, Sendable { case mailbox, message, recipient }

/// What the relay does about it.
package enum Action: Equatable, Sendable {
  /// This recipient or message is given up.
  case fail
  /// This recipient or message waits: so long, or as the schedule says.
  case retry(after: Duration? = nil)
  /// Throttling and quotas: the mailbox waits; its queue doubles the time when the same happens again at once.
  case pause(Duration)
  /// A person is needed. `probe`: whether a sign-in now and then may find that the fault is gone.
  case hold(probe: Bool)
  /// A lasting refusal that nothing explains: the scope is only the most likely one. It fails nothing by itself; the
  /// mailbox is tested against itself to learn who is meant.
  case ask
  /// The provider did not accept who we are. A token is renewed once; a password is never tried again.
  case refuse
  /// Network trouble and the like: come back soon, and raise the flag after so many times in a row.
  case wait(flagAfter: Int? = nil)
}

/// What one answer or error means. The sentences hold `{…}` marks that ``Placeholders`` fills in.
package struct Assessment: Equatable, Sendable {
  /// The remedy of what passes without anybody's help.
  package static let nothingToDo = "Nothing to do: Letterhead tries again by itself; to look now, run: {test}"

  package let `class`: FaultClass
  package let scope: Scope
  package let action: Action
  /// What is wrong.
  package let summary: String
  /// What to do.
  package let remedy: String
  /// A judgement of the content, in which the provider may mean whoever sends: when it is passed on several messages, the
  /// mailbox is asked about.
  package let isVerdict: Bool

  package init(
    _ class: FaultClass, _ scope: Scope, _ action: Action, _ summary: String, _ remedy: String = nothingToDo,
    isVerdict: Bool = false
  ) {
    self.class = `class`
    self.scope = scope
    self.action = action
    self.summary = summary
    self.remedy = remedy
    self.isVerdict = isVerdict
  }
}
