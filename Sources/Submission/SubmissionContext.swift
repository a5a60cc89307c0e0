// What all listeners share: the host name, the limits, how many clients are served and how much memory their messages
// take.

import Access
import FoundationEssentials
package import Logging
import Logs
import Message
import SMTP
import Synchronization
package import Platform

/// One for the process; every `SubmissionServer` is given it.
package final class SubmissionContext: Sendable {
  /// In the banner, in Received lines and in EHLO's reply.
  package let hostname: String
  let trace: Trace
  package let limits: SubmissionLimits
  package let log: Logger
  let time: any TimeSource

  private let lastWarning = Mutex(Date.distantPast)
  let connections: SharedBudget
  let bodyMemory: SharedBudget

  /// - Parameter instance: the word by which this relay recognises its own Received lines.
  package init(
    hostname: String, instance: String, limits: SubmissionLimits, log: Logger, time: any TimeSource = SystemTime()
  ) {
    self.hostname = hostname
    self.trace = Trace(hostname: hostname, instance: instance)
    self.limits = limits
    self.log = log
    self.time = time
    self.connections = SharedBudget(limits.maxConnections)
    self.bodyMemory = SharedBudget(limits.memoryForBodies)
  }

  /// Clients being served now, over all listeners.
  package var openConnections: Int { connections.taken }

  /// So few places are left that idle clients are disconnected early.
  var isCrowded: Bool { connections.taken >= limits.maxConnections - limits.maxConnections / 8 }
}

extension SubmissionContext {
  /// Logs a warning that many clients can cause at once, at most one in a second.
  func tellThrottled(_ event: LoggedEvent, _ fields: @autoclosure () -> LoggedFields) {
    let now = time.now
    let isDue = lastWarning.withLock { last in
      // The clock may have been set back.
      guard now >= last + 1 || now < last else { return false }
      last = now
      return true
    }
    if isDue { log.tell(event, fields()) }
  }
}

extension SubmissionContext {
  func log<Destination>(
    _ acceptance: Acceptance, of body: IncomingBody<Destination>, by route: Route, _ client: ClientIdentity
  ) {
    let facts: LoggedFields = [
      .entity: route.entity, .messageID: body.messageID.map { "\($0)" }, .receivedID: body.id,
      .octets: "\(body.storedOctets)",
    ]
    let known = facts + .envelope(body.envelope) + client.logged(as: route.app?.name)
    switch acceptance {
    case .queued(let id, let hold, let addedID):
      log.tell(.accepted, [.id: id, .held: hold, .messageID: addedID.map { "\($0)" }] + known)
    case .duplicate: log.tell(.duplicate, known)
    }
  }
}

extension LoggedFields {
  static func envelope(_ envelope: Envelope) -> LoggedFields { .envelope(envelope.sender, envelope.recipients) }

  static func envelope(_ sender: Address?, _ recipients: [Address]) -> LoggedFields {
    [
      .sender: sender?.text ?? "<>",
      .recipients: recipients.isEmpty ? nil : LoggedFields.few(recipients.lazy.map(\.text)),
    ]
  }
}

extension ClientIdentity {
  /// For a line of the log.
  func logged(as app: String?) -> LoggedFields {
    [.app: app ?? self.app, .who: isKnown ? words : nil, .client: address.isEmpty ? "local" : address]
  }
}
