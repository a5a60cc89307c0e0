// Goes through the queue in the order of its numbers, and stops at what a filter means. However long the queue is, it is
// read in portions, so that whoever else reads comes in between.

import Foundation
import Mailboxes
import Message
import Spool

struct QueueWalk {
  private static let portion = 500

  private let context: ControlContext
  private let filter: QueueFilter
  private let spool: Spool
  private let directory: Directory
  /// Only what this user has handed in.
  private let owner: UInt32?
  /// By entity, as asked at the first message of each.
  private var outlooks: [String: SendingOutlook?] = [:]
  /// The last message that was looked at.
  private var place: MessageID?
  private var isOver = false

  /// - Parameter after: begins behind this message.
  init(_ filter: QueueFilter, after: Int64? = nil, in context: ControlContext) async throws {
    if let entity = filter.entity { try context.settings.requireEntity(entity) }
    self.context = context
    self.filter = filter
    spool = try context.spool
    directory = try await context.mailboxes.load()
    owner = try context.ownMessagesOnly
    place = after.map { MessageID(rawValue: $0) }
  }

  /// - Returns: the next that are meant; fewer than `limit` only at the queue's end.
  mutating func next(atMost limit: Int) async throws -> [QueuedMessage] {
    var found: [QueuedMessage] = []
    while !isOver, found.count < limit {
      let page = try await page()
      isOver = page.count < Self.portion
      for message in page {
        if found.count == limit {
          isOver = false
          break
        }
        place = message.id
        let shown = await show(message)
        if filter.means(shown, to: message.envelope.recipients) { found.append(shown) }
      }
    }
    return found
  }

  private func page() async throws -> [ListedMessage] {
    guard let owner else {
      return try await spool.list(
        entity: filter.entity, state: filter.storedState, after: place, limit: Self.portion)
    }
    return try await spool.list(
      of: owner, entity: filter.entity, state: filter.storedState, after: place, limit: Self.portion)
  }

  private mutating func show(_ message: ListedMessage) async -> QueuedMessage {
    let outlook: SendingOutlook?
    if let known = outlooks[message.entity] {
      outlook = known
    } else {
      outlook = await context.resources.outlook(message.entity)
      outlooks.updateValue(outlook, forKey: message.entity)
    }
    return QueuedMessage(message, in: directory, outlook, at: Date())
  }
}
