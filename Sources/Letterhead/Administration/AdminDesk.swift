// Answers what administrators and everybody else ask of the connections: the same for a command that works on the state
// itself and for one that comes over the relay's socket.

import Foundation
package import Logging
package import Mailboxes
import SMTP

/// Tests a described mailbox, saying each step, and saves it.
package protocol Connecting: Sendable {
  /// Saves with `MailboxStore.connect(_:by:)`, which notes it and uses up the approval; saves nothing when a step fails.
  ///
  /// - Parameter sendingTest: a real message goes to the mailbox itself in the end.
  /// - Returns: what is to be said in the end.
  /// - Throws: the sentence of the step that failed, or what `say` throws: nobody listens any more.
  func connect(
    _ mailbox: Mailbox, sendingTest: Bool, by authorization: Authorization, saying say: (String) async throws -> Void
  ) async throws -> String
}

package struct AdminDesk: Sendable {
  package typealias Say = (AdminReply) async throws -> Void

  private let store: MailboxStore
  private let configuration: @Sendable () -> Configuration
  private let connecting: (any Connecting)?
  private let filed: @Sendable () -> Void
  private let log: Logger?

  /// - Parameters:
  ///   - connecting: `nil` for a command that connects nothing.
  ///   - filed: called when a request may have been filed, so that administrators are told.
  package init(
    store: MailboxStore, configuration: @escaping @Sendable () -> Configuration, connecting: (any Connecting)?,
    filed: @escaping @Sendable () -> Void = {}, log: Logger? = nil
  ) {
    self.store = store
    self.configuration = configuration
    self.connecting = connecting
    self.filed = filed
    self.log = log
  }

  /// Does what is asked and says all there is to say, an ending last.
  ///
  /// - Throws: what `say` throws.
  package func answer(_ call: AdminCall, from caller: Caller, _ say: Say) async throws {
    let ending: AdminReply
    do {
      guard call.version == AdminCall.version else { throw AdminRefusal.otherVersion(call.version) }
      ending = try await take(call.verb, from: caller, say)
    } catch {
      ending = .refused("\(error)")
    }
    try await say(ending)
  }

  private func take(_ verb: AdminCall.Verb, from caller: Caller, _ say: Say) async throws -> AdminReply {
    switch verb {
    case .ask(let change, let justification):
      return try await permit(change, to: caller, justification) { _ in
        if change.verb == .connect, let address = Address(change.address) {
          // Before anybody signs in for nothing.
          try await store.checkMayConnect(address, to: change.entity)
        }
        return .permitted
      }
    case .disconnect(let entity, let justification):
      let change = ConnectionChange(.disconnect, entity: entity, address: "")
      return try await permit(change, to: caller, justification) { try await disconnect(entity, by: $0) }
    case .connect(let parcel, let sendingTest, let justification):
      return try await connect(parcel.mailbox, sendingTest, from: caller, justification, say)
    case .requests:
      let all = try await store.requests(of: caller.isAdministrator ? nil : caller.person.key)
      for request in all { try await say(.request(request)) }
      return .done(all.isEmpty ? "There are no requests." : "")
    case .approve(let number):
      return try await decide(as: caller) { try await store.approve(number, by: caller.person) }
    case .deny(let number, let reason):
      guard let reason = PlainText(reason) else { throw AdminRefusal.reasonMissing }
      return try await decide(as: caller) { try await store.deny(number, by: caller.person, reason: reason) }
    case .audit(let entity):
      try refuseOthers(than: caller)
      let all = try await store.audit(of: entity)
      for entry in all { try await say(.entry(entry)) }
      return .done(all.isEmpty ? "Nothing was done yet." : "")
    }
  }

  // MARK: Changes

  /// Lets `change` be made by whoever may make it now, or files the request for it.
  private func permit(
    _ change: ConnectionChange, to caller: Caller, _ justification: String?,
    _ make: (Authorization) async throws -> AdminReply
  ) async throws -> AdminReply {
    let configuration = configuration()
    guard configuration.entities.contains(where: { $0.key == change.entity }) else {
      throw AdminRefusal.noEntity(String(change.entity.prefix(64)))
    }
    let isApproved = caller.isAdministrator ? false : try await store.isApproved(change, for: caller.person.key)
    switch Ruling(on: caller, approval: configuration.admin.approval, isApproved: isApproved) {
    case .allowed(let authorization): return try await make(authorization)
    case .refused(let refusal): throw refusal
    case .mustAsk: return .filed(try await file(change, by: caller.person, justification))
    }
  }

  private func file(_ change: ConnectionChange, by requester: Requester, _ justification: String?) async throws
    -> Request
  {
    guard change.isPlain else { throw AdminRefusal.notACall }
    guard let justification = justification.flatMap({ PlainText($0) }) else { throw AdminRefusal.justificationMissing }
    let request = try await store.file(change, by: requester, justification: justification)
    note("a request was filed", requester, change.entity, request.number)
    filed()
    return request
  }

  private func disconnect(_ entity: String, by authorization: Authorization) async throws -> AdminReply {
    guard try await store.disconnect(entity, by: authorization) else { throw StoreError.notConnected(entity: entity) }
    note("disconnected", authorization.requester, entity)
    return .done("\(entity) is disconnected. Its mail is held until: letterhead connect \(entity) …")
  }

  private func connect(
    _ described: Mailbox, _ sendingTest: Bool?, from caller: Caller, _ justification: String?, _ say: Say
  ) async throws -> AdminReply {
    guard let connecting else { throw AdminRefusal.notACall }
    guard let provider = configuration().providers.named(described.provider.name) else {
      throw AdminRefusal.noProvider(String(described.provider.name.prefix(64)))
    }
    if let unfit = described.unfit { throw AdminRefusal.unfit(unfit) }
    var mailbox = described
    mailbox.provider = provider
    // The test finds out.
    mailbox.mechanism = nil
    let change = ConnectionChange(connecting: mailbox)
    return try await permit(change, to: caller, justification) { [mailbox] authorization in
      try await store.checkMayConnect(mailbox.address, to: mailbox.entity)
      let sentence = try await connecting.connect(
        mailbox, sendingTest: sendingTest ?? mailbox.provider.needsTestMessage, by: authorization
      ) { try await say(.step($0)) }
      note("connected", authorization.requester, mailbox.entity)
      return .done(sentence)
    }
  }

  // MARK: Decisions

  private func decide(as caller: Caller, _ decide: () async throws -> Request) async throws -> AdminReply {
    try refuseOthers(than: caller)
    let request = try await decide()
    note("request \(request.state)", caller.person, request.change.entity, request.number)
    let hint = request.state == .approved ? " Within 7 days, once: letterhead \(request.change.verb)." : ""
    return .done(
      "Request \(request.number) of \(request.requester.name) to \(request.change.sentence) is \(request.state).\(hint)"
    )
  }

  private func refuseOthers(than caller: Caller) throws {
    guard caller.isAdministrator else { throw AdminRefusal.notAdministrator(caller.person.name) }
  }

  private func note(_ what: String, _ requester: Requester, _ entity: String, _ request: Int64? = nil) {
    var metadata: Logger.Metadata = ["user": "\(requester.name)", "entity": "\(entity)"]
    if let request { metadata["request"] = "\(request)" }
    log?.info("\(what)", metadata: metadata)
  }
}
