// What a mailbox's queue is told, and what it does about it: the two alphabets of `QueueState`.

import Diagnosis
import Foundation
import Mailboxes

enum QueueEvent: Equatable, Sendable {
  case started
  /// The directory is new; this is the mailbox's condition in it.
  case directoryChanged(Condition)
  case limitsChanged
  /// The provider took a message, or refused it for what it is: the mailbox works.
  case messageJudged
  /// One message was neither taken nor refused: the line broke, or all its recipients were put off.
  case setback
  /// What the provider said to a message is about the mailbox.
  case mailboxRefused(Outcome)
  /// No session could be opened for a message. `nil`: it was broken off. `besides`: so many other sessions are open.
  case openingFailed(Outcome?, besides: Int)
  /// A sign-in that was only to be kept alive was refused.
  case signInLapsed(Outcome)
  /// Three messages in a row were refused with the same words.
  case refusedAlike(Fault)
  /// The day's recipients have all been named.
  case quotaUsedUp(until: Date, Fault)
  /// A person wants the provider looked at now.
  case lookWanted
  /// It is, or may be, as late as `QueueState.alarm`.
  case timePassed
  /// `nil`: a session is open, and may send as the mailbox.
  case probeEnded(Outcome?)
  case stopped
}

enum QueueAction: Equatable, Sendable {
  // The queue as a whole.
  /// Draw the entity's messages from the spool again.
  case openSpool
  /// Draw none. What was drawn and not begun goes back as if it had never been drawn.
  case closeSpool
  /// Write the condition into the store.
  case publish(Condition)
  /// Open a session to see whether the fault is gone. `envelope`: and whether it may send as the mailbox.
  case probe(envelope: Bool)
  /// Keep no more sessions than so many, until all have ended.
  case limitSessions(Int)
  /// Settle the messages that are kept back as suspects: nothing more will be known of them.
  case settleSuspects

  // What the provider has taught of its limits, to be kept for the day.
  /// It asks for fewer connections or a slower rate.
  case learnRate(Outcome)
  case learnConnections(Int)

  // The message for which no session could be opened.
  /// Back to the spool, as if it had never been drawn.
  case giveBack
  /// Before all others, over a session that is open.
  case putFirst
  /// As the outcome says.
  case settle
}
