// What a session asks of the place that messages go to: the spool, the sandbox, or a test.

package import Message
package import SMTP

/// Takes accepted messages. Its functions are called on the session's loop and must not block that thread.
package protocol Intake: Sendable {
  /// A message too large for memory, while it is being written.
  associatedtype LargeBody: Sendable

  /// Which entity mail from this sender belongs to. Must not wait.
  ///
  /// - Parameters:
  ///   - sender: as the app gave it in MAIL; nil is the null sender.
  ///   - listener: the entity its listener belongs to, if it belongs to one.
  /// - Returns: nil where the header's From decides: to be asked again when the header has come.
  /// - Throws: the reply that refuses the sender.
  func route(_ sender: Address?, listener: String?) throws(RouteRefusal) -> Route?

  /// The same when the header has come, and the sender alone did not decide. Must not wait.
  ///
  /// - Parameter authors: whom the header's From names.
  /// - Throws: the reply that refuses the message.
  func route(_ sender: Address?, authors: [Address]) throws(RouteRefusal) -> Route

  func startLargeBody(for envelope: Envelope) async throws(IntakeError) -> LargeBody
  func append(_ octets: [UInt8], to body: LargeBody) async throws(IntakeError)
  /// The message will not be accepted: deletes what was written of it.
  func discard(_ body: LargeBody) async

  /// Accepts the message. It is on disk when this returns, and nothing of it is on disk when this throws.
  ///
  /// - Returns: the message's id, for the log and the 250.
  func accept(_ message: Arrival<LargeBody>) async throws(IntakeError) -> String
}

package enum IntakeError: Error, Equatable {
  /// Less disk is free than `queue_min_free`.
  case full
  case unwritable(String)

  var reply: Reply { self == .full ? Replies.storageFull : Replies.storageFailed }
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
  package let octets: Int
  /// The client's address and the name it gave in EHLO, for people.
  package let client: String
}
