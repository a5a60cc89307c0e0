// What an app has sent lately, for the status file and for `letterhead app show`.

import Access
import Control
import Foundation
import Status
import Submission

extension AppTraffic {
  /// By name.
  func status(of apps: [App], at now: Date) -> [String: AppStatus] {
    apps.reduce(into: [:]) { $0[$1.name] = AppStatus(counters(of: $1.name), use(by: $1.name, at: now)) }
  }
}

extension AppStatus {
  init(_ counters: AppCounters, _ use: AppUse) {
    self.init(
      accepted: counters.accepted, held: counters.held, refused: counters.refused, duplicates: counters.duplicates,
      messagesToday: use.messagesInDay, recipientsToday: use.recipientsInDay, lastSeen: counters.lastSeen,
      identity: counters.lastIdentity)
  }
}

extension AppActivity {
  init(_ counters: AppCounters, _ use: AppUse, lastSignIn: Date?, sessions: Int) {
    self.init()
    lastSeen = counters.lastSeen
    lastIdentity = counters.lastIdentity
    messages = counters.accepted
    refused = counters.refused
    held = counters.held
    duplicates = counters.duplicates
    messagesToday = use.messagesInDay
    recipientsToday = use.recipientsInDay
    self.lastSignIn = lastSignIn
    self.sessions = sessions
  }
}
