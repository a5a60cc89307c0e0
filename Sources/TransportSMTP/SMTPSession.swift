// The conversation with a provider, as a straight line: greet, secure, sign in, send, send, quit.
// We lead, so the program counter is the state. What replies mean is the business of Diagnosis; when a session is opened
// and what goes over it, that of the mailbox's queue.

package import Diagnosis
package import Foundation
import Mailboxes
package import SMTP
import Sockets
package import Transport

/// One open line to a mailbox's server, signed in. Belongs to one loop.
package final class SMTPSession: TransportSession {
  let mailbox: Mailbox
  let connection: SMTPConnection
  let timeouts: Timeouts
  /// Since the last EHLO.
  var extensions = Extensions() {
    didSet { capabilities = Capabilities(extensions, at: mailbox.provider) }
  }
  package private(set) var capabilities = Capabilities()
  package internal(set) var mechanism: String?
  package internal(set) var messageCount = 0

  /// The line has broken, the server has said that it will, or the session was retired.
  var isEnding = false
  /// The last transaction did not end by itself, or its replies have not been read.
  var owesReset = false
  /// What must not be shown if the server repeats it.
  var secrets = HiddenSecrets()

  /// Held while a message is written: they are written one at a time, in the order in which they were handed over.
  let writing = AsyncLock()
  var window = PipelineWindow()
  /// Messages under way that are not sent whole: nothing else may be under way beside them.
  var unpipelined = 0
  /// Written or being written, and their replies not read; the oldest first.
  var unanswered: [PipelinedMessage] = []
  /// A task reads the replies to what is unanswered.
  var isReading = false
  var allAnswered: CheckedContinuation<Void, Never>?

  init(over connection: Connection, of transport: SMTPTransport) {
    mailbox = transport.mailbox
    timeouts = transport.timeouts
    self.connection = SMTPConnection(over: connection, timeouts: transport.timeouts)
  }

  // MARK: What it takes

  package var isUsable: Bool { !isEnding && messagesLeft > 0 }

  /// Until the session is used up (RFC 9422, MAILMAX).
  private var messagesLeft: Int { (capabilities.messagesPerSession ?? .max) - messageCount }

  package var capacity: Int {
    guard isUsable else { return 0 }
    return min(unpipelined == 0 ? window.room : 0, messagesLeft)
  }

  package func isAlive() async -> Bool {
    guard isUsable, !isReading else { return isUsable }
    return await !connection.hasGone()
  }

  // MARK: Proving the sender

  package func probe(
    to recipient: Address?, now: Date, observing observe: StepObserver
  ) async throws(TransportError) {
    let reply = try await tryEnvelope(to: recipient)
    observe(.passed(.sender, "\(mailbox.address) may send"))
    guard let recipient, let reply else { return }
    if reply.code / 100 == 2 { return observe(.passed(.recipient, "\(recipient) takes mail")) }
    let outcome = Outcome(of: reply, in: .recipient, for: mailbox, now: now)
    // A sender whose own mailbox is full, or does not exist, can send all the same. Anything else may be about the
    // sender: many servers say only at RCPT what they had against the greeting, the client or the address in MAIL.
    guard outcome.isRecipientsOwn else { throw .answered(reply, .recipient) }
    observe(
      StepReport(.recipient, .noted("answers and reports to \(recipient) may be lost: \(outcome.words)")))
  }

  package func refusal(of recipient: Address, now: Date) async throws(TransportError) -> Outcome? {
    do throws(TransportError) {
      guard let reply = try await tryEnvelope(to: recipient), reply.code / 100 != 2 else { return nil }
      return Outcome(of: reply, in: .recipient, for: mailbox, now: now)
    } catch .answered(let reply, .mail) where reply.code != 421 {
      return Outcome(of: reply, in: .mail, for: mailbox, now: now)
    }
  }

  /// Names the envelope and takes it back.
  ///
  /// - Returns: the reply to RCPT, whatever it says.
  private func tryEnvelope(to recipient: Address?) async throws(TransportError) -> Reply? {
    let reply = try await connection.ask("MAIL FROM:<\(mailbox.address)>", in: .mail)
    guard reply.code / 100 == 2 else { throw .answered(reply, .mail).redacted(secrets) }
    var answer: Reply?
    if let recipient { answer = try await connection.ask("RCPT TO:<\(recipient)>", in: .recipient) }
    if answer?.code != 421 { _ = try await connection.ask("RSET", in: .hello) }
    return answer.map { Redaction.redacted($0, secrets) }
  }

  // MARK: Ending

  package func retire() { isEnding = true }

  /// QUIT is no part of any delivery: whatever the server answers, or not, changes nothing. But it counts the session
  /// until it has hung up, so that is waited for, a second at most, before another may be opened.
  package func close() async {
    await writing.lock()
    defer { writing.unlock() }
    await untilAllAnswered()
    guard !isEnding else { return hangUp() }
    isEnding = true
    connection.enqueue("QUIT")
    if (try? await connection.flush(.hello)) != nil { await connection.finish(within: .seconds(1)) }
    hangUp()
  }

  package func interrupt() { connection.interrupt() }

  func hangUp() {
    isEnding = true
    connection.close()
  }
}

extension Capabilities {
  init(_ extensions: Extensions, at provider: Provider) {
    self.init(
      takes8BitMIME: extensions.has(.eightBitMIME), takesSMTPUTF8: extensions.has(.smtpUTF8),
      maximumOctets: extensions.size, recipientsAtOnce: extensions.maximumRecipients,
      messagesPerSession: extensions.maximumMessages, filesSentCopies: provider.filesSentCopies)
  }
}
