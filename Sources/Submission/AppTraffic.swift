// What apps have sent lately, and what follows for their next message: taken, held, dropped as sent before, or refused.

package import Access
package import Foundation
import Message
import SMTP
import Synchronization

/// One for the process: every way in counts together.
package final class AppTraffic: Sendable {
  /// A message that may be accepted, for as long as it is being accepted.
  struct Permit: Sendable {
    /// Why it is held at once.
    var hold: String?
    fileprivate var app: App?
    fileprivate var recipients = 0
    fileprivate var fingerprint: MessageFingerprint?
    fileprivate var counted: Date?
  }

  enum TrafficVerdict: Sendable {
    case taken(Permit)
    /// Accepted before, within `dedupe` of the app.
    case duplicate
    case refused(Reply)
  }

  fileprivate struct State {
    var limiter = AppLimiter()
    var duplicates = DuplicateGuard()
    var storms = StormGuard()
    var counters: [String: AppCounters] = [:]
  }

  private let state = Mutex(State())
  /// Told the app and the sentence, once for each storm and each time that a limit begins to hold mail.
  private let tell: @Sendable (_ app: String, _ sentence: String) -> Void

  package init(tell: @escaping @Sendable (_ app: String, _ sentence: String) -> Void = { _, _ in }) {
    self.tell = tell
  }

  /// Counts the message. To be followed by `note` or `takeBack` where it is taken.
  func judge<LargeBody>(_ message: Arrival<LargeBody>, at now: Date) -> TrafficVerdict {
    guard let app = message.route.app else { return .taken(Permit()) }
    let news = message.news(of: app)
    let (verdict, told) = state.withLock { $0.judge(news, of: app, at: now) }
    if let told { tell(app.name, told) }
    return verdict
  }

  /// It is accepted.
  func note(_ permit: Permit, _ client: ClientIdentity, at now: Date) {
    guard let app = permit.app else { return }
    state.withLock { state in
      if let fingerprint = permit.fingerprint { state.duplicates.remember(fingerprint, at: now) }
      state.counters[app.name, default: AppCounters()].note(client, isHeld: permit.hold != nil, at: now)
    }
  }

  /// It could not be accepted, so that it does not count.
  func takeBack(_ permit: Permit) {
    guard let app = permit.app, let counted = permit.counted else { return }
    state.withLock { $0.limiter.giveBack(recipients: permit.recipients, for: app.name, takenAt: counted) }
  }

  func noteRefusal(of app: String) { state.withLock { $0.counters[app, default: AppCounters()].refused += 1 } }

  /// After a reload: what is counted of apps that are gone is forgotten.
  package func keep(only apps: Set<String>) {
    state.withLock { state in
      state.limiter.keep(only: apps)
      state.duplicates.keep(only: apps)
      state.storms.keep(only: apps)
      state.counters = state.counters.filter { apps.contains($0.key) }
    }
  }

  // MARK: For people, and over a restart

  package func use(by app: String, at now: Date) -> AppUse { state.withLock { $0.limiter.use(by: app, at: now) } }

  package func counters(of app: String) -> AppCounters { state.withLock { $0.counters[app] ?? AppCounters() } }

  package var record: String { state.withLock { $0.limiter.record } }

  /// - Parameter record: of an earlier run; what cannot be read is not restored.
  package func restore(_ record: String) {
    guard let limiter = AppLimiter(record: record) else { return }
    state.withLock { $0.limiter = limiter }
  }
}

/// What one app did since the relay was started.
package struct AppCounters: Sendable, Equatable {
  package var accepted = 0
  package var held = 0
  package var duplicates = 0
  package var refused = 0
  package var lastSeen: Date?
  /// Who it was then: `uid 1004, erp.service`.
  package var lastIdentity: String?
  /// Its mail is held for a limit, and people have been told.
  fileprivate var holdsForLimit = false

  fileprivate mutating func note(_ client: ClientIdentity, isHeld: Bool, at now: Date) {
    accepted += 1
    held += isHeld ? 1 : 0
    lastSeen = now
    lastIdentity = client.words
  }
}

/// What of a message its app's rules look at.
private struct MessageNews {
  let recipients: Int
  let octets: Int
  let fingerprint: MessageFingerprint?
  let likeness: MessageLikeness?
}

extension App.Mode {
  /// Then all recipients are one, and messages to several would look the same.
  fileprivate var redirects: Bool { if case .redirect = self { true } else { false } }
}

extension Arrival {
  fileprivate func news(of app: App) -> MessageNews {
    MessageNews(
      recipients: envelope.recipients.count, octets: octets,
      fingerprint: app.dedupe == nil || app.mode.redirects
        ? nil
        : marks.messageID.flatMap {
          MessageFingerprint(app: app.name, messageID: $0, recipients: envelope.recipients)
        },
      likeness: app.stormGuard == nil
        ? nil : MessageLikeness(sender: envelope.sender, subject: marks.subject ?? ""))
  }
}

extension AppTraffic.State {
  /// - Returns: the verdict, and what people are to be told now.
  fileprivate mutating func judge(
    _ news: MessageNews, of app: App, at now: Date
  ) -> (AppTraffic.TrafficVerdict, told: String?) {
    if let span = app.dedupe, let fingerprint = news.fingerprint,
      duplicates.isDuplicate(fingerprint, within: span, at: now)
    {
      counters[app.name, default: AppCounters()].duplicates += 1
      return (.duplicate, nil)
    }
    var permit = AppTraffic.Permit(app: app, recipients: news.recipients, fingerprint: news.fingerprint)
    var told: String?
    switch limiter.take(
      recipients: news.recipients, octets: news.octets, for: app.name, within: app.limits, at: now)
    {
    case .taken:
      permit.counted = now
      counters[app.name]?.holdsForLimit = false
    case .beyond(let excess):
      if let reply = excess.reply(app.limits.beyond) {
        counters[app.name, default: AppCounters()].refused += 1
        return (.refused(reply), nil)
      }
      permit.hold = excess.sentence
      told = begins(holding: app) ? excess.sentence : nil
    }
    if let storm = storm(news, of: app, at: now) {
      permit.hold = permit.hold ?? app.stormSentence
      told = told ?? (storm.isNew ? app.stormSentence : nil)
    }
    return (.taken(permit), told)
  }

  private mutating func begins(holding app: App) -> Bool {
    let wasHolding = counters[app.name]?.holdsForLimit ?? false
    counters[app.name, default: AppCounters()].holdsForLimit = true
    return !wasHolding
  }

  private mutating func storm(_ news: MessageNews, of app: App, at now: Date) -> (isNew: Bool, kind: MessageLikeness)? {
    guard let limit = app.stormGuard, let likeness = news.likeness,
      case .storm(let isNew) = storms.watch(likeness, of: app.name, limit: limit, at: now)
    else { return nil }
    return (isNew, likeness)
  }
}
