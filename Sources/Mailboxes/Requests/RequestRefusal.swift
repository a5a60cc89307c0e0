// Why a request, a decision about one, or a change that needed an approval is refused.

/// Why a request or a decision is not taken.
package enum RequestRefusal: Error, Equatable, Sendable {
  case tooManyWaiting
  case noSuch(Int64)
  case decided(Int64, Request.State)
  /// The approved request of this number is for the same entity, and this is other about it.
  case otherApproved(Int64, [ConnectionDifference])
  /// No approved, unused request for this change.
  case notApproved(ConnectionChange)
}
