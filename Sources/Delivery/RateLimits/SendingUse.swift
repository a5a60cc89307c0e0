// How much of what a mailbox may send is used, as people are told.

import Foundation
import Mailboxes

package struct SendingUse: Equatable, Sendable {
  /// In the last 24 hours.
  package var recipientsInDay: Int
  /// `nil`: there is no limit.
  package var recipientsPerDay: Int?
  /// Which part of the preset rate is used since the provider asked for a slower one; 1: all of it.
  package var pace: Double
}

extension RateLimiter {
  func use(within preset: SendingLimits, at now: Date) -> SendingUse {
    let rate = limits(preset, at: now).messagesPerMinute
    let pace = preset.messagesPerMinute.flatMap { most in rate.map { Double($0) / Double(most) } }
    return SendingUse(recipientsInDay: recipientsInDay, recipientsPerDay: preset.recipientsPerDay, pace: pace ?? 1)
  }
}
