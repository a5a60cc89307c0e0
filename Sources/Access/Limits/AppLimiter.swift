// How much each app has sent of late, and whether it may send more. Pure: time and limits are handed in.

package import FoundationEssentials
import Platform

/// Counts the messages and recipients of apps, with or without limits. Takes some 4 KiB an app, however much it sends.
package struct AppLimiter: Sendable, Equatable {
  package enum LimitVerdict: Sendable, Equatable {
    /// Counted. To be given back where the message is refused later.
    case taken
    /// Not counted.
    case beyond(LimitExcess)
  }

  /// By the app's name.
  private var counts: [String: SendingCount] = [:]

  package init() {}

  /// Counts one message, unless it is beyond a limit.
  package mutating func take(
    recipients: Int, octets: Int, for app: String, within limits: AppLimits, at now: Date
  ) -> LimitVerdict {
    var count = counts[app] ?? SendingCount()
    count.pass(to: now)
    defer { counts[app] = count }
    if let excess = count.excess(of: app, adding: recipients, octets: octets, within: limits) { return .beyond(excess) }
    count.add(recipients, at: now)
    return .taken
  }

  /// The message that was taken at `time` has been refused after all.
  package mutating func giveBack(recipients: Int, for app: String, takenAt time: Date) {
    counts[app]?.remove(recipients, at: time)
  }

  /// What counts now, for people.
  package func use(by app: String, at now: Date) -> AppUse {
    var count = counts[app] ?? SendingCount()
    count.pass(to: now)
    return count.use
  }

  /// Forgets apps that there are no longer.
  package mutating func keep(only apps: Set<String>) { counts = counts.filter { apps.contains($0.key) } }
}

/// What an app has sent.
package struct AppUse: Sendable, Equatable {
  package var messagesInMinute: Int
  package var messagesInDay: Int
  package var recipientsInDay: Int
}

// MARK: Over a restart

extension AppLimiter {
  /// A few kilobytes of JSON an app.
  package var record: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(counts)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// - Returns: `nil` for what is no whole record.
  package init?(record: String) {
    guard let counts = try? JSONDecoder().decode([String: SendingCount].self, from: Data(record.utf8)),
      counts.values.allSatisfy(\.isSane)
    else { return nil }
    self.counts = counts
  }
}
