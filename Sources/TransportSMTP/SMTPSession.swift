// The conversation with a provider, as a straight line: greet, secure, sign in, send, send, quit.
// We lead, so the program counter is the state. What replies mean is the table's; whose session it is, the lane's.

package import Mailboxes
package import SMTP
import Sockets
import TLS

/// One open line to a mailbox's server, signed in. Belongs to one task, on one loop.
package final class SMTPSession {
  package let mailbox: Mailbox
  /// Since the last EHLO.
  package internal(set) var extensions = Extensions()
  /// What signed us in; `nil` where nothing had to.
  package internal(set) var mechanism: String?
  /// Messages handed over, or refused, so far.
  package internal(set) var messageCount = 0
  /// `false` once the line has broken or the server has said that it will.
  package internal(set) var isUsable = true

  let exchange: Exchange
  /// The last transaction did not end by itself, or has not been heard to.
  var owesReset = false
  /// Flights on board whose replies have not been heard.
  var unheard = 0
  /// Whatever must not be shown if the server repeats it.
  var secrets: [String] = []

  init(over connection: Connection, to mailbox: Mailbox, timeouts: Timeouts) {
    self.mailbox = mailbox
    exchange = Exchange(over: connection, timeouts: timeouts)
  }

  /// Whether an idle session can still be used. Costs one system call.
  package func isAlive() async -> Bool {
    guard isUsable, !isUsedUp else { return false }
    return await !exchange.hasGone()
  }

  /// It takes no further message (RFC 9422, MAILMAX).
  var isUsedUp: Bool { extensions.maximumMessages.map { messageCount >= $0 } ?? false }

  /// Says MAIL, and RCPT where there is a recipient, and takes it back: the provider lets this sign-in send as the
  /// mailbox.
  ///
  /// - Returns: the reply to RCPT, whatever it says.
  @discardableResult
  package func tryEnvelope(to recipient: Address? = nil) async throws(TransportError) -> Reply? {
    let reply = try await exchange.ask("MAIL FROM:<\(mailbox.address)>", in: .mail)
    guard reply.code / 100 == 2 else { throw .answered(reply, .mail) }
    var answer: Reply?
    if let recipient { answer = try await exchange.ask("RCPT TO:<\(recipient)>", in: .recipient) }
    if answer?.code != 421 { _ = try await exchange.ask("RSET", in: .hello) }
    return answer
  }

  /// Leaves politely. No part of any delivery: whatever the server answers, or not, is nobody's concern. But it counts
  /// the session until it has hung up, so that is waited for, a second at most, before another may be opened.
  package func quit() async {
    guard isUsable else { return close() }
    isUsable = false
    exchange.say("QUIT")
    if (try? await exchange.takeOff(.hello)) != nil { await exchange.finish(within: .seconds(1)) }
    close()
  }

  /// Ends whatever it waits for, from any thread. It is of no use afterwards.
  var interrupter: Interrupter { exchange.interrupter }

  /// Takes no further message; what was written before is still heard.
  func retire() { isUsable = false }

  package func close() {
    isUsable = false
    exchange.close()
  }
}
