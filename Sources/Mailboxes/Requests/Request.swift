// A request to change a connection, by somebody who may not change it, for an administrator to decide.

package import Foundation

/// A request is **waiting** (filed), then **approved** or **denied** (decided, with who and when), and an approved one is
/// **used** by the one change it permits, in that change's own transaction, so that no power cut uses it without the
/// change or leaves it for a second one. An approval that nobody uses is **lapsed** after 7 days, by the clock alone.
package struct Request: Sendable, Equatable, Codable {
  package enum State: String, Sendable, Codable, CaseIterable { case waiting, approved, denied, used, lapsed }

  package let number: Int64
  package let change: ConnectionChange
  package let requester: Requester
  package let justification: String
  package let filedAt: Date
  package let state: State
  package let decidedAt: Date?
  /// The administrator's name.
  package let decidedBy: String?
  /// Why it was denied.
  package let reason: String?

  package init(
    number: Int64, change: ConnectionChange, requester: Requester, justification: String, filedAt: Date,
    state: State = .waiting,
    decidedAt: Date? = nil, decidedBy: String? = nil, reason: String? = nil
  ) {
    self.number = number
    self.change = change
    self.requester = requester
    self.justification = justification
    self.filedAt = filedAt
    self.state = state
    self.decidedAt = decidedAt
    self.decidedBy = decidedBy
    self.reason = reason
  }

  private enum CodingKeys: String, CodingKey {
    case number, change, justification, filedAt, state, decidedAt, decidedBy, reason
    case requester = "person"
  }

  /// An approval is good for so long.
  package static let approvalSeconds: TimeInterval = 7 * 86_400
  /// So many requests of one user may wait.
  package static let waitingLimit = 10
}
