// Why a request, a decision on one, or a change that needed one is refused.

/// Why a request or a decision is not taken.
package enum RequestRefusal: Error, Equatable, Sendable {
  case tooManyWaiting
  case noSuch(Int64)
  case decided(Int64, Request.State)
  /// No approved, unused request for this change.
  case notApproved(ConnectionChange)
}
