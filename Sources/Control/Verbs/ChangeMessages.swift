// Retry, hold, release, delete: what people do with the queue.

import Access
import Foundation
import Logs
import Mailboxes
import Platform
import Spool

package struct ChangeMessages: ControlVerb {
  package enum Order: String, Sendable, Codable {
    /// Due now; ends the pause of their mailboxes as well.
    case retry
    case hold, release, delete
  }

  /// Which messages are meant.
  package enum Which: Sendable, Codable {
    case numbered([Int64])
    /// All, or all of one entity.
    case all(entity: String?)
    /// Those that a listing by this filter would show now.
    case matching(QueueFilter)
  }

  package let order: Order
  package let which: Which

  package init(_ order: Order, _ which: Which) {
    self.order = order
    self.which = which
  }

  var permission: Permission { .changeQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    if let entity = which.entity { try context.settings.requireEntity(entity) }
    let meant = try await entities(of: context.mailboxes.load(), in: context.spool)
    let update =
      switch order {
      case .retry, .release: try await sendSoon(in: context, say)
      case .hold, .delete: try await change(in: context)
      }
    for sentence in try await objections(to: update.unfit, in: context) { try await say(sentence) }
    if update.count > 0 { await record(update, of: meant.count == 1 ? meant.first : nil, in: context) }
    return .changed(update.count)
  }

  // MARK: Changing

  private func change(in context: ControlContext) async throws -> SelectionUpdate {
    switch which {
    case .numbered(let ids): return try await order.apply(to: .ids(Self.distinct(ids)), in: context)
    case .all(let entity): return try await order.apply(to: .all(entity: entity), in: context)
    case .matching(let filter):
      var sum = SelectionUpdate()
      var walk = try await QueueWalk(filter, in: context)
      while case let page = try await walk.next(atMost: 500), !page.isEmpty {
        let ids = page.map { MessageID(rawValue: $0.id) }
        let update = try await order.apply(to: .ids(ids), in: context)
        sum.add(update)
      }
      return sum
    }
  }

  /// Each message that was changed is named, in several entries, and lines, where there are many; of very many the first.
  private func record(_ update: SelectionUpdate, of entity: String?, in context: ControlContext) async {
    for part in update.changed.texts(ofOctets: Self.toldOctets, atMost: Self.mostTold) {
      await context.record(
        order.verb, "\("message".counted(part.count)): \(part.text)", of: entity ?? "", as: "queue \(order)",
        [.messages: "\(part.count)", .ids: part.text])
    }
  }

  /// A line of the log has room for a thousand octets of one field, and what is left out is counted behind these.
  private static let toldOctets = 950
  private static let mostTold = 100

  private static func distinct(_ ids: [Int64]) -> [MessageID] {
    var seen: Set<Int64> = []
    return ids.filter { seen.insert($0).inserted }.map { MessageID(rawValue: $0) }
  }

  // MARK: What is left as it is

  /// One sentence each for those that were named. Of those that a filter found, how many.
  private func objections(to unfit: [MessageID], in context: ControlContext) async throws -> [ControlReply] {
    if unfit.isEmpty { return [] }
    if case .matching = which { return [.note(order.objection(toSoMany: unfit.count))] }
    var objections: [ControlReply] = []
    for id in unfit {
      objections.append(.unchanged(order.objection(to: id.rawValue, as: try await context.spool.show(id)?.message)))
    }
    return objections
  }

  // MARK: What keeps mail from going out

  /// Has the messages sent as soon as their mailboxes can, and tells which of these cannot now.
  private func sendSoon(in context: ControlContext, _ say: ControlService.Say) async throws -> SelectionUpdate {
    let spool = try context.spool
    let entities = try await entities(of: context.mailboxes.load(), in: spool)
    if order == .retry { try await endPauses(of: entities, in: context.mailboxes) }
    let update = try await change(in: context)
    if order == .retry { for entity in entities { await context.resources.lookAgain(entity) } }
    let (directory, now) = (try await context.mailboxes.load(), Date())
    for (entity, counts) in spool.counts.sorted(by: { $0.key < $1.key }) where entities.contains(entity) {
      if counts.queued > counts.heldByHand, let sentence = directory.obstacle(to: entity, at: now) {
        try await say(.note(sentence))
      }
      if order == .retry, !which.isNumbered, counts.heldByHand > 0 {
        try await say(.note(ControlRefusal.heldByHand(counts.heldByHand, of: entity)))
      }
    }
    return update
  }

  private func endPauses(of entities: Set<String>, in mailboxes: MailboxStore) async throws {
    let directory = try await mailboxes.load()
    for entity in entities {
      guard case .paused = directory.condition(of: entity), let mailbox = directory.mailbox(of: entity) else {
        continue
      }
      try await mailboxes.setCondition(.working, of: entity, generation: mailbox.generation)
    }
  }

  private func entities(of directory: Directory, in spool: Spool) async throws -> Set<String> {
    guard case .numbered(let ids) = which else {
      return which.entity.map { [$0] } ?? Set(directory.entities.map(\.key))
    }
    var entities: Set<String> = []
    for id in ids {
      if let detail = try await spool.show(MessageID(rawValue: id)) { entities.insert(detail.message.entity) }
    }
    return entities
  }
}

extension ChangeMessages.Order {
  fileprivate func apply(to selection: Selection, in context: ControlContext) async throws -> SelectionUpdate {
    let spool = try context.spool
    return switch self {
    case .retry: try await spool.retry(selection, now: Date())
    case .release: try await spool.release(selection, now: Date())
    case .hold: try await spool.hold(selection, now: Date())
    case .delete: try await spool.delete(selection, by: context.caller.requester.name, now: Date())
    }
  }

  /// Of messages that a filter has found, and that are in a state which the order is not for.
  fileprivate func objection(toSoMany count: Int) -> String {
    let which = "more that is meant is".counted(count, plural: "more that are meant are")
    return switch self {
    case .retry:
      "\(which) held, unknown or damaged, and left so. Held ones go out after: letterhead queue release ID"
    case .hold: "\(which) held already, unknown, failed or damaged."
    case .release: "\(which) not held by hand. To see what keeps a message, run: letterhead queue show ID"
    case .delete: "\(which) gone already."
    }
  }

  /// Why a message is left as it is.
  ///
  /// - Parameter message: `nil` where there is none of that number.
  func objection(to id: Int64, as message: ListedMessage?) -> String {
    objection(
      to: id, in: message?.state, isPending: message.map { SpoolKey.isPending($0.entity) } ?? false,
      because: message?.heldBecause?.harmless())
  }

  /// - Parameters:
  ///   - state: `nil` where there is no such message.
  ///   - isPending: it is an unknown sender's, on whom nobody has decided.
  ///   - reason: why it was held when it came; `nil`: a person holds it.
  func objection(
    to id: Int64, in state: ListedMessage.State?, isPending: Bool = false, because reason: String? = nil
  ) -> String {
    switch (self, state) {
    case (_, nil): "\(ControlRefusal.noMessage(id))"
    case (.release, .held) where isPending, (.retry, .held) where isPending:
      "Message \(id) is of a sender that no app matches. To decide on it, run: letterhead app pending"
    case (.hold, .held): "Message \(id) is held already."
    case (.hold, .failed), (.release, .failed):
      "Message \(id) has failed, so it is not tried anyway. To send it again, run: letterhead queue retry \(id)"
    case (.release, .waiting), (.release, .deferred):
      "Message \(id) is not held by hand. To see what it waits for, run: letterhead queue show \(id)"
    case (.retry, .damaged), (.hold, .damaged), (.release, .damaged):
      "Message \(id) is damaged, and nothing that can be sent is left of it. To delete it, run: letterhead queue delete \(id)"
    case (.retry, .unknown), (.hold, .unknown), (.release, .unknown):
      "Message \(id) was handed over whole and got no answer. \(Doubt.question(about: id))"
    case (.retry, .filing), (.hold, .filing), (.release, .filing):
      "Message \(id) is delivered, and only its copy for the folder of sent messages is due. To have that filed now, run: "
        + "letterhead sent retry \(id)"
    case (.retry, .held):
      "Message \(id) is held \(reason.map { "since it came (\($0))" } ?? "by hand"). To let it go, run: letterhead queue "
        + "release \(id)"
    case (.retry, _), (.hold, _), (.release, _), (.delete, _):
      "Message \(id) has just been changed by somebody else. Run the same command again."
    }
  }
}

extension Directory {
  /// Why the entity's mail does not go out now.
  fileprivate func obstacle(to entity: String, at now: Date) -> String? {
    if let hold = hold(of: entity) { return "\(hold)" }
    return switch (state(of: entity, at: now), condition(of: entity)) {
    case (.disconnected, _):
      "No mailbox is connected to \(entity), so its mail still waits. Run: letterhead connect \(entity) --help"
    case (.error, _): "The error flag of \(entity) is up, so its mail still waits. Run: letterhead status"
    case (.paused, .paused(let until, _)):
      "The mailbox of \(entity) is paused until \(until.formatted(.iso8601)). To try sooner, run: letterhead queue "
        + "retry --all --entity \(entity)"
    case (.connected, _), (.paused, _): nil
    }
  }
}

extension ChangeMessages.Order {
  fileprivate var verb: AuditEntry.Verb {
    switch self {
    case .retry: .retry
    case .hold: .hold
    case .release: .release
    case .delete: .delete
    }
  }
}

extension ChangeMessages.Which {
  fileprivate var isNumbered: Bool { if case .numbered = self { true } else { false } }

  /// The one entity that is meant.
  fileprivate var entity: String? {
    switch self {
    case .numbered: nil
    case .all(let entity): entity
    case .matching(let filter): filter.entity
    }
  }
}
