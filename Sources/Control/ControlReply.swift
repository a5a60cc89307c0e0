// What the relay answers: any number of lines, and one that ends them.

package import Access
package import Foundation
package import Mailboxes

/// One line of an answer.
package enum ControlReply: Sendable, Equatable, Codable {
  /// A step of a connect or a test, when it has come to its end.
  case step(StepLine)
  case message(QueuedMessage)
  case detail(QueuedMessageDetail)
  /// The next part of a message.
  case octets(Data)
  case traced(MessageStory)
  /// A copy that is still to be filed.
  case copy(DueCopy)
  case request(Request)
  case entry(AuditEntry)
  /// A saved connection, without its secrets.
  case mailbox(MailboxPayload)
  case app(AppSummary)
  case password(ShownPassword)
  case session(LiveSession)
  case route(RouteExplanation)
  case pending(PendingSender)
  /// A message that was named, and is left as it is: why, and what to do about it.
  case unchanged(String)
  /// Why what was changed has no effect yet.
  case note(String)
  /// The status file's text as it would be written now.
  case status(String)

  /// The change that was asked about is the caller's to make.
  case permitted
  /// The change needs an administrator's approval; this is the request for it.
  case filed(Request)
  /// So many messages were meant, and are changed.
  case changed(Int)
  case done(String)
  /// Nothing was changed, and why.
  case refused(String)

  /// Nothing comes after it.
  package var isLast: Bool {
    switch self {
    case .step, .message, .detail, .octets, .traced, .copy, .request, .entry, .mailbox, .app, .password, .session,
      .route,
      .pending,
      .unchanged,
      .note, .status:
      false
    case .permitted, .filed, .changed, .done, .refused: true
    }
  }
}

/// One step of a test of a mailbox, as people read it.
package struct StepLine: Sendable, Equatable, Codable {
  package enum Ending: String, Sendable, Codable { case passed, noted, failed }

  /// What was tried: "TCP", "Sign-in".
  package let name: String
  package let ending: Ending
  /// What was found. Empty for a failed step: the refusal that ends the answer says it.
  package let detail: String

  package init(_ name: String, _ ending: Ending, _ detail: String = "") {
    self.name = name
    self.ending = ending
    self.detail = detail
  }
}
