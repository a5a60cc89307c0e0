// What a session asks of the place that messages go to: the spool, the sandbox, or a test.

package import Access
package import Message
package import SMTP

/// Takes accepted messages. Its functions are called on the session's loop and must not block that thread.
package protocol Intake: Sendable {
  /// A message too large for memory, while it is being written.
  associatedtype LargeBody: Sendable

  /// Which entity a message belongs to, and whether its client may send it. Must not wait.
  ///
  /// - Returns: nil where the header decides: to be asked again when the header has come.
  /// - Throws: the reply that refuses the sender, or the message.
  func route(_ request: RouteRequest) throws(RouteRefusal) -> Route?

  /// The largest message that may go out of all that begin as `request`, whose sender is not known yet. Must not wait.
  ///
  /// - Returns: `nil` where nothing limits it but the listener.
  func largestMessage(among request: RouteRequest) -> Int?

  func startLargeBody(for envelope: Envelope) async throws(IntakeError) -> LargeBody
  func append(_ octets: [UInt8], to body: LargeBody) async throws(IntakeError)
  /// The message will not be accepted: deletes what was written of it.
  func discard(_ body: LargeBody) async

  /// Accepts the message. It is on disk when this returns, and nothing of it is on disk when this throws.
  func accept(_ message: Arrival<LargeBody>) async throws(IntakeError) -> Acceptance
}

package enum Acceptance: Sendable, Equatable {
  /// - Parameters:
  ///   - id: for the log and the 250.
  ///   - held: why it is held at once.
  ///   - addedID: the Message-ID that it goes out with, where the app gave it none and a mailbox is connected.
  case queued(id: String, held: String? = nil, addedID: InternetMessageID? = nil)
  /// The app has sent it before: it is answered with 250, and dropped.
  case duplicate
}

package enum IntakeError: Error, Equatable {
  /// Less disk is free than `queue_min_free`.
  case full
  case unwritable(String)
  /// By a rule, not for want of room.
  case refused(Reply)

  var reply: Reply {
    switch self {
    case .full: Replies.storageFull
    case .unwritable: Replies.storageFailed
    case .refused(let reply): reply
    }
  }
}

/// A message that was received to its end.
package struct Arrival<LargeBody: Sendable>: Sendable {
  /// Received line, header and body: lines end in CRLF, dots are un-stuffed, otherwise as the app sent it.
  package enum Content: Sendable {
    case octets([UInt8])
    case large(LargeBody)
  }

  package let route: Route
  package let envelope: Envelope
  package let content: Content
  /// The app's, without the Received line.
  package let octets: Int
  package let client: ClientIdentity
  /// What the client called itself.
  package let helo: String
  /// What the header says.
  package let marks: MessageMarks
  /// `nil`: the header has none.
  package let messageID: InternetMessageID?
}

/// What of a header tells whether a message was sent before, or is one of many.
package struct MessageMarks: Sendable, Equatable {
  /// As it stands in the header, the brackets too. `nil`: there is none.
  package var messageID: String?
  package var subject: String?

  package init(messageID: String? = nil, subject: String? = nil) {
    self.messageID = messageID
    self.subject = subject
  }
}
