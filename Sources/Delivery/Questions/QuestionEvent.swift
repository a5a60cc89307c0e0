// What the open questions of a mailbox are told, and what they ask to be done: the two alphabets of `OpenQuestions`.

import Diagnosis
import Foundation
import SMTP
import Spool

/// A test of the mailbox against itself: what nobody but the mailbox can be meant by.
enum SelfTest: Equatable, Sendable {
  /// An envelope from the mailbox to itself, taken back.
  case envelope
  /// A letter from the mailbox to itself, for providers that judge after the data.
  case letter

  enum Finding: Equatable, Sendable {
    case taken
    case refused(Outcome, RefusalPattern)
    /// The test could not be made, or nobody answered.
    case unknown
  }
}

/// A message that was refused for good.
struct MessageRefusal: Equatable, Sendable {
  let id: MessageID
  let pattern: RefusalPattern
  /// What was said of the first of the recipients concerned.
  let outcome: Outcome
  /// Domains of the recipients concerned, in lower case.
  let domains: Set<String>

  /// Only a letter can show whether the provider takes what comes after DATA.
  var isAfterData: Bool { outcome.phase == .data || outcome.phase == .body }
}

enum QuestionEvent: Equatable, Sendable {
  /// Nothing explains it.
  case unexplained(MessageRefusal)
  /// A rule of the table explains it as the message's or the recipient's fault; the message fails.
  case explained(MessageRefusal)
  /// Several were refused alike by a rule that may be wrong about who is meant.
  case doubted(MessageRefusal)
  /// The provider has taken a message for these domains.
  case delivered(MessageID, to: Set<String>)
  /// A failure report is to go out.
  case reportDue(MessageID)
  /// `othersWait`: further messages are about to go out by themselves.
  case tested(SelfTest, SelfTest.Finding, othersWait: Bool)
}

enum QuestionAction: Equatable, Sendable {
  /// Another message went through while this one was refused twice: it is meant.
  case fail(MessageID)
  /// The mailbox is meant: raise the flag, and look after so long whether the fault is gone.
  case hold(Outcome, for: Duration)
  case test(SelfTest)
  /// Write down with the messages' attempts what was tried.
  case note([MessageID], String)
  /// These are due now.
  case tryAgain([MessageID])
  /// These are not due before `until`, so that others are tried first.
  case postpone([MessageID], until: Date)
  /// The failure report stays in the spool for now.
  case wait(MessageID)
}
