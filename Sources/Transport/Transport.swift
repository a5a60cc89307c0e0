// The seam between a mailbox's queue and the ways out: SMTP submission, the sandbox, a provider's own API. The queue
// knows these protocols and no more. A further transport is a module that conforms to them, and one line where
// transports are made.

package import Diagnosis
package import Foundation
package import Mailboxes
package import SMTP

/// One way out of a connected mailbox. Made for one mailbox as it is connected now.
package protocol Transport: Sendable {
  var mailbox: Mailbox { get }
  /// Whether `keepSignInAlive` has anything to do.
  var keepsSignInAlive: Bool { get }
  /// The largest message that goes this way, as far as that is known without a session; `nil`: not known.
  var maximumOctets: Int? { get }
  /// A person wants it tried again: what was learnt from refusals may hold no longer.
  func forgetRefusals()
  /// The same mailbox at other servers of its provider, for a test where its own does not answer.
  var alternatives: [any Transport] { get }

  /// Dials, secures and signs in. Ends as `.cancelled` when its task is cancelled.
  ///
  /// The session belongs to the executor on which this was called.
  /// - Parameter observe: told of each step that succeeded, in order.
  func open(observing observe: StepObserver) async throws(TransportError) -> any TransportSession

  /// Uses the sign-in, if it was not used for so long that it would lapse. Trouble that passes is no error: there is time.
  func keepSignInAlive(now: Date) async throws(TransportError)

  /// Whether anybody answers there. Nobody signs in.
  func answers() async -> Bool

  /// A way into the mailbox's folder of sent messages, opened on the executor on which this is called.
  ///
  /// - Returns: `nil` where this way out has none.
  func openSentFolder() async throws(SentFolderError) -> (any SentFolder)?

  /// The step at which `error` ended the way.
  ///
  /// - Parameter done: the steps that succeeded before.
  func step(of error: TransportError, after done: [TransportStep]) -> TransportStep
}

/// A way out whose server can be looked at by itself.
package protocol ReachableTransport: Transport {
  /// Walks the way to the server, telling each step, and leaves again. Nobody signs in.
  func reach(observing observe: StepObserver) async throws(TransportError)
}

extension ReachableTransport {
  package func answers() async -> Bool { (try? await reach { _ in }) != nil }
}

extension Transport {
  package func open() async throws(TransportError) -> any TransportSession { try await open { _ in } }

  package var maximumOctets: Int? { nil }
  package func forgetRefusals() {}

  package func openSentFolder() async throws(SentFolderError) -> (any SentFolder)? { nil }
}

/// An open way out, signed in. Not `Sendable`: all calls come from one isolation, on the executor where it was opened.
///
/// Calls of `send` may overlap. The messages leave in the order of the calls, and each call returns with what came of
/// its own message.
package protocol TransportSession: AnyObject {
  var capabilities: Capabilities { get }
  /// What signed in, to be pinned in the mailbox; `nil` where nothing had to.
  var mechanism: String? { get }
  /// It takes further messages: not broken, not retired, not used up.
  var isUsable: Bool { get }
  /// Messages handed over so far, those that were refused and those under way included.
  var messageCount: Int { get }
  /// How many messages more may be handed over now without waiting for one that is under way. A message counts from
  /// the moment at which `send` begins.
  var capacity: Int { get }

  /// Hands over one message in one transaction. Never throws: what went wrong is in the transmission.
  ///
  /// - Parameters:
  ///   - message: to no more recipients than ``Capabilities/recipientsAtOnce``.
  ///   - now: for the faults that come of it.
  func send(_ message: PreparedMessage, now: Date) async -> Transmission

  /// Proves that this sign-in may send as the mailbox, without sending anything. Nothing else may be under way.
  ///
  /// - Parameters:
  ///   - recipient: where given, the provider is asked about it too. Only what is wrong with the mailbox throws.
  ///   - observe: told of each step, also of what is wrong with the recipient.
  func probe(to recipient: Address?, now: Date, observing observe: StepObserver) async throws(TransportError)

  /// What the provider says to an envelope from the mailbox to `recipient`, which is taken back. Nothing else may be under
  /// way.
  ///
  /// - Returns: why the envelope was refused; `nil` where it was taken.
  func refusal(of recipient: Address, now: Date) async throws(TransportError) -> Outcome?

  /// Whether an idle session can still be used. Cheap; must not be called while a message is under way.
  func isAlive() async -> Bool

  /// Takes no further message; what is under way comes to its end.
  func retire()

  /// Leaves politely and returns when the provider counts the session no longer, or after a second. Nothing may be
  /// under way.
  func close() async

  /// Ends every wait, present and future, at once: what is under way returns with what is known of it.
  func interrupt()
}
