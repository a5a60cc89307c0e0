// What all listeners share: the host name, the limits, how many clients are served and how much memory their messages
// take.

import Access
import FoundationEssentials
package import Logging
import Message
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
  func warnThrottled(_ what: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata) {
    let now = time.now
    let isDue = lastWarning.withLock { last in
      // The clock may have been set back.
      guard now >= last + 1 || now < last else { return false }
      last = now
      return true
    }
    if isDue { log.warning(what, metadata: metadata()) }
  }
}

extension SubmissionContext {
  func log(
    _ acceptance: Acceptance, by route: Route, octets: Int, recipients: Int, trace: String, _ client: ClientIdentity
  ) {
    var facts: Logger.Metadata = [
      "entity": "\(route.entity)", "octets": "\(octets)", "recipients": "\(recipients)", "trace": "\(trace)",
    ]
    if case .queued(let id, let hold) = acceptance {
      facts["id"] = "\(id)"
      facts["held"] = hold.map { "\($0)" }
    }
    log.info(
      acceptance == .duplicate ? "dropped as sent before" : "accepted",
      metadata: facts.merging(client.logged(as: route.app?.name)) { $1 })
  }
}

extension ClientIdentity {
  /// For a line of the log.
  func logged(as app: String?) -> Logger.Metadata {
    var metadata: Logger.Metadata = ["client": address.isEmpty ? "local" : "\(address)"]
    if isKnown { metadata["identity"] = "\(words)" }
    if let app = app ?? self.app { metadata["app"] = "\(app)" }
    return metadata
  }
}
