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
  package private(set) var state: State
  package private(set) var decidedAt: Date?
  /// The administrator's name.
  package private(set) var decidedBy: String?
  /// Why it was denied.
  package private(set) var reason: String?

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

  /// How long an approval may be used.
  package static let approvalLifetime = Duration.seconds(7 * 86_400)
  /// How many requests of one requester may wait.
  package static let waitingLimit = 10
}

extension Request {
  /// The request with its state at `now`: a storage keeps a lapsed approval as approved.
  func asOf(_ now: Date) -> Request {
    guard state == .approved, let decidedAt, decidedAt <= now - Self.approvalLifetime / .seconds(1) else { return self }
    var lapsed = self
    lapsed.state = .lapsed
    return lapsed
  }

  func used() -> Request {
    var used = self
    used.state = .used
    return used
  }

  /// - Parameter reason: `nil` approves.
  func deciding(
    by requester: Requester, denying reason: PlainText?, at now: Date
  ) throws(StoreError) -> DirectoryDecision<Request> {
    let state = asOf(now).state
    guard state == .waiting else { throw .request(.decided(number, state)) }
    var decided = self
    decided.state = reason == nil ? .approved : .denied
    (decided.decidedAt, decided.decidedBy, decided.reason) = (now, requester.name, reason?.text)
    let details = "request \(number) of \(self.requester.name)\(reason.map { ": \($0.text)" } ?? "")"
    let entry = AuditEntry(reason == nil ? .approve : .deny, about: self, by: requester, details, at: now)
    return DirectoryDecision(DirectoryChange(request: decided, audit: entry), answer: decided)
  }
}
