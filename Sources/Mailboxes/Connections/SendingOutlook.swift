// When an entity's queue sends again, as the queue itself knows it at one moment.

package import Foundation

package enum SendingOutlook: Sendable, Equatable {
  /// Whatever is due goes out.
  case open
  /// Nothing begins before this time: a pause, or a limit on the rate.
  case notBefore(Date)
  /// Nothing begins before a sign-in has shown that the trouble is over; the next is then. `nil`: there is none.
  case nextLook(Date?)
}
