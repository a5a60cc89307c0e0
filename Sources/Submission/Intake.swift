// What the front door asks of whoever keeps the mail: the spool, the sandbox, or a test.

package import Message
package import SMTP

/// Keeps what arrives. Its functions are called on the session's loop; whatever blocks must leave that thread.
package protocol Intake: Sendable {
  /// A body too large for memory, while it is being written.
  associatedtype LargeBody: Sendable

  /// Which entity mail from this sender belongs to. Must not wait.
  ///
  /// - Parameters:
  ///   - sender: as the app gave it in MAIL; nil is the null sender.
  ///   - listener: the entity its listener belongs to, if it belongs to one.
  /// - Throws: the reply that refuses the sender.
  func route(_ sender: Address?, listener: String?) throws(Refusal) -> Route

  func startLargeBody(for envelope: Envelope) async throws(IntakeError) -> LargeBody
  func append(_ octets: [UInt8], to body: LargeBody) async throws(IntakeError)
  /// The message will not come to an end; nothing of it may stay.
  func discard(_ body: LargeBody) async

  /// Takes the message on. It is on disk when this returns, and nothing of it is when this throws.
  ///
  /// - Returns: the name it is known by from now on, in the log and in the 250.
  func accept(_ message: Arrival<LargeBody>) async throws(IntakeError) -> String
}

/// Where a message will wait.
package struct Route: Sendable, Equatable {
  /// The key of its entity.
  package let entity: String

  package init(entity: String) { self.entity = entity }
}

package struct Refusal: Error, Equatable {
  package let reply: Reply

  package init(_ reply: Reply) { self.reply = reply }
}

package enum IntakeError: Error, Equatable {
  /// Less disk is left than `queue_min_free`.
  case full
  case unwritable(String)

  var reply: Reply { self == .full ? Replies.storageFull : Replies.storageFailed }
}

/// A message that has come in whole.
package struct Arrival<LargeBody: Sendable>: Sendable {
  /// Received line, header and body: lines end CRLF, dots un-stuffed, otherwise as the app sent it.
  package enum Content: Sendable {
    case octets([UInt8])
    case large(LargeBody)
  }

  package let route: Route
  package let envelope: Envelope
  package let content: Content
  package let octets: Int
  /// Address and greeting, for people.
  package let client: String
}
