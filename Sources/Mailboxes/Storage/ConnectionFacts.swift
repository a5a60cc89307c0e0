// What is known about an entity's connection at one moment, and what these facts permit. Pure: tables test it.

import Foundation
import SMTP

/// About one entity and one requester.
package struct ConnectionFacts: Sendable {
  /// What is connected to the entity.
  package var connected: MailboxRecord?
  /// All mail of the entity is kept back.
  package var hold: EntityHold?
  /// Requests of the requester that are stored as waiting or approved, of any entity, the oldest first.
  package var openRequests: [Request]
  /// Some sealed secret of another entity; `nil` when there is none.
  package var otherSecret: SealedSecret?
  /// The number that the next connected mailbox gets.
  package var nextGeneration: Int64
  /// The number that the next request gets.
  package var nextRequest: Int64

  package init(
    connected: MailboxRecord?, hold: EntityHold? = nil, openRequests: [Request], otherSecret: SealedSecret?,
    nextGeneration: Int64, nextRequest: Int64
  ) {
    self.connected = connected
    self.hold = hold
    self.openRequests = openRequests
    self.otherSecret = otherSecret
    self.nextGeneration = nextGeneration
    self.nextRequest = nextRequest
  }
}

// MARK: Changes of a connection

extension ConnectionFacts {
  /// Some sealed secret, of another entity or of this one: where it cannot be opened the key is another one or lost, and no
  /// second key must be made beside it. `nil`: nothing is sealed.
  var savedSecret: SealedSecret? {
    if let otherSecret { return otherSecret }
    guard let connected, let (field, octets) = connected.secrets.min(by: { $0.key < $1.key }) else { return nil }
    return SealedSecret(octets, name: SecretName(entity: connected.entity, field: field))
  }

  /// An entity has one mailbox, and leaves it by a disconnect only. An address is the same mailbox in any spelling of its
  /// letters.
  func refuseAnother(_ address: Address) throws(StoreError) {
    guard let connected, connected.address.text.lowercased() != address.text.lowercased() else { return }
    throw .connectedToAnother(entity: connected.entity, address: connected.address.text)
  }

  /// - Parameters:
  ///   - authorization: uses up its requester's approval where it needs one.
  ///   - seal: gives the secrets of the mailbox, sealed. Called when nothing else stands against the change.
  /// - Returns: the mailbox with its generation.
  func connecting(
    _ mailbox: Mailbox, by authorization: Authorization, at now: Date,
    _ seal: () throws(StoreError) -> [String: [UInt8]]
  ) throws(StoreError) -> DirectoryDecision<Mailbox> {
    try refuseAnother(mailbox.address)
    let change = ConnectionChange(connecting: mailbox)
    let spent = try spending(authorization, on: change, at: now)
    var connected = mailbox
    connected.generation = nextGeneration
    let record = MailboxRecord(connected, secrets: try seal())
    let isConnected = self.connected != nil
    let entry = AuditEntry(change, by: authorization.requester, using: spent, isConnected: isConnected, at: now)
    return DirectoryDecision(DirectoryChange(.connects(record), request: spent, audit: entry), answer: connected)
  }

  /// - Returns: `false`, and no change, when nothing is connected.
  func disconnecting(
    by authorization: Authorization, at now: Date
  ) throws(StoreError) -> DirectoryDecision<Bool> {
    guard let connected else { return DirectoryDecision(nil, answer: false) }
    let change = ConnectionChange(.disconnect, entity: connected.entity, address: connected.address.text)
    let spent = try spending(authorization, on: change, at: now)
    let entry = AuditEntry(change, by: authorization.requester, using: spent, isConnected: true, at: now)
    return DirectoryDecision(
      DirectoryChange(.disconnects(entity: connected.entity), request: spent, audit: entry), answer: true)
  }

  /// - Returns: the approved request, used; `nil` where `authorization` needs none.
  private func spending(
    _ authorization: Authorization, on change: ConnectionChange, at now: Date
  ) throws(StoreError) -> Request? {
    guard authorization.needsApproval else { return nil }
    guard let approved = open(change, in: [.approved], at: now) else {
      if let other = approvedOtherwise(change, at: now) { throw .request(other) }
      throw .request(.notApproved(change))
    }
    return approved.used()
  }

  /// An approval for the same entity and verb that is not for this very change, and what is other about it.
  func approvedOtherwise(_ change: ConnectionChange, at now: Date) -> RequestRefusal? {
    let approved = openRequests.last {
      $0.asOf(now).state == .approved && $0.change.verb == change.verb && $0.change.entity == change.entity
    }
    return approved.map { .otherApproved($0.number, change.differences(from: $0.change)) }
  }
}

// MARK: Requests

extension ConnectionFacts {
  /// A request to disconnect is one for the mailbox that is connected, whatever address it came with.
  func completed(_ change: ConnectionChange) throws(StoreError) -> ConnectionChange {
    guard change.verb == .disconnect else { return change }
    guard let connected else { throw .notConnected(entity: change.entity) }
    return ConnectionChange(.disconnect, entity: change.entity, address: connected.address.text)
  }

  func isApproved(_ change: ConnectionChange, at now: Date) throws(StoreError) -> Bool {
    open(try completed(change), in: [.approved], at: now) != nil
  }

  /// - Returns: the same request where it waits already, or is approved and unused; no change then.
  func filing(
    _ change: ConnectionChange, by requester: Requester, justification: PlainText, at now: Date
  ) throws(StoreError) -> DirectoryDecision<Request> {
    let change = try completed(change)
    if let same = open(change, in: [.waiting, .approved], at: now) { return DirectoryDecision(nil, answer: same) }
    guard openRequests.count(where: { $0.state == .waiting }) < Request.waitingLimit else {
      throw .request(.tooManyWaiting)
    }
    let request = Request(
      number: nextRequest, change: change, requester: requester, justification: justification.text, filedAt: now)
    let entry = AuditEntry(
      .request, about: request, by: requester, "request \(nextRequest): \(justification.text)", at: now)
    return DirectoryDecision(DirectoryChange(request: request, audit: entry), answer: request)
  }

  /// The oldest request for just this change in one of `states`.
  private func open(_ change: ConnectionChange, in states: Set<Request.State>, at now: Date) -> Request? {
    openRequests.lazy.map { $0.asOf(now) }.first { $0.change.isSame(as: change) && states.contains($0.state) }
  }
}
