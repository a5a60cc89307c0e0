// The audit list: what was asked, decided and done to connections, apps and the queue, and by whom.

package import Foundation

/// One line of the audit list.
package struct AuditEntry: Sendable, Equatable, Codable {
  package enum Verb: String, Sendable, Codable, CaseIterable {
    case request, approve, deny, connect, disconnect
    /// Of a mailbox that was connected already.
    case reconnect
    /// Of an app: its first password, a new one, and none any more.
    case password, rotate, revoke
    /// Of messages in the queue; of an entity, where all its mail is kept back or goes out again.
    case retry, hold, release, delete, resolve
    /// Of a mailbox, whatever came of it.
    case test
    /// Of the relay, by a signal: its end, and that it reads its configuration anew, whatever came of it.
    case stop, reload
  }

  package let number: Int64
  package let at: Date
  package let requester: Requester
  package let verb: Verb
  /// Empty where it is about an app that is not one entity's.
  package let entity: String
  package let detail: String

  package init(number: Int64, at: Date, requester: Requester, verb: Verb, entity: String, detail: String) {
    self.number = number
    self.at = at
    self.requester = requester
    self.verb = verb
    self.entity = entity
    self.detail = detail
  }

  private enum CodingKeys: String, CodingKey {
    case number, at, verb, entity, detail
    case requester = "person"
  }
}

extension AuditEntry {
  /// A change that is made.
  ///
  /// - Parameters:
  ///   - request: the approved one that the change uses up.
  ///   - isConnected: the entity has a mailbox already.
  init(
    _ change: ConnectionChange, by requester: Requester, using request: Request?, isConnected: Bool, at now: Date
  ) {
    let details = [change.mailbox, request.map { "request \($0.number)" }]
    self.init(
      number: 0, at: now, requester: requester,
      verb: change.verb == .disconnect ? .disconnect : isConnected ? .reconnect : .connect,
      entity: change.entity, detail: details.compactMap(\.self).joined(separator: " "))
  }

  /// Something about an app.
  init(_ verb: Verb, _ detail: String, of entity: String = "", by requester: Requester, at now: Date) {
    self.init(number: 0, at: now, requester: requester, verb: verb, entity: entity, detail: detail)
  }

  /// A request that is filed or decided.
  init(_ verb: Verb, about request: Request, by requester: Requester, _ details: String, at now: Date) {
    let change = request.change
    self.init(
      number: 0, at: now, requester: requester, verb: verb, entity: change.entity,
      detail: "\(change.verb) \(change.mailbox) \(details)")
  }
}
