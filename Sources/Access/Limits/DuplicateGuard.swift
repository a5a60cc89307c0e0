// Whether an app hands in again what was accepted already. Pure: time is handed in.

package import FoundationEssentials
import Platform
package import SMTP

/// What makes two messages of one app the same: the Message-ID and the set of recipients.
///
/// Hashed by a key of this process, so that nobody can make two that look the same.
package struct MessageFingerprint: Hashable, Sendable {
  let app: String
  private let digest: Int

  /// - Parameter messageID: the field's value.
  /// - Returns: `nil` without a Message-ID: such messages are never duplicates.
  package init?(app: String, messageID: String, recipients: [Address]) {
    let id = messageID.split(whereSeparator: \.isWhitespace).joined()
    guard !id.isEmpty else { return nil }
    var hasher = Hasher()
    hasher.combine(id)
    hasher.combine(Set(recipients.map { Address(localPart: $0.localPart, domain: $0.domain.lowercased()) }))
    self.app = app
    digest = hasher.finalize()
  }
}

/// Remembers what was accepted, the last 10,000 messages of each app.
///
/// Asked before a message is accepted and told afterwards, so that a message that was refused in between may come again.
/// Two copies that come at the same time are therefore both accepted.
package struct DuplicateGuard: Sendable {
  package static let mostMessages = 10_000

  private struct Memory {
    var times: [MessageFingerprint: Date] = [:]
    /// The oldest first; a message that was accepted twice stands there twice.
    var order = FIFO<(message: MessageFingerprint, time: Date)>()

    mutating func remember(_ message: MessageFingerprint, at now: Date) {
      times[message] = now
      order.append((message, now))
      while order.count > mostMessages, let oldest = order.popFirst() {
        if times[oldest.message] == oldest.time { times[oldest.message] = nil }
      }
    }
  }

  private var memories: [String: Memory] = [:]

  package init() {}

  /// - Parameter span: `dedupe` of the app.
  package func isDuplicate(_ message: MessageFingerprint, within span: Duration, at now: Date) -> Bool {
    guard let time = memories[message.app]?.times[message] else { return false }
    // A clock set back must not keep a message away for longer.
    return abs(now.timeIntervalSince(time)) < span / .seconds(1)
  }

  /// The message has been accepted.
  package mutating func remember(_ message: MessageFingerprint, at now: Date) {
    memories[message.app, default: Memory()].remember(message, at: now)
  }

  /// Forgets the other apps.
  package mutating func keep(only apps: Set<String>) { memories = memories.filter { apps.contains($0.key) } }
}
