// What an app does, from what the relay has counted of it.

import Access
import Control
import Foundation
import Submission

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
