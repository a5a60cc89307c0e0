// An unknown sender becomes an app, and what was held of it goes out.

import Access
import Foundation
import Logs
import Mailboxes
import Platform
import Spool

package struct ApproveSender: ControlVerb {
  /// As `ListPending` tells it.
  package let key: String
  /// What the app is to be called.
  package let name: String
  package let entity: String

  package init(key: String, name: String, entity: String) {
    self.key = key
    self.name = name
    self.entity = entity
  }

  var permission: Permission { .decidePending }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    guard let key = PendingKey(key) else { throw ControlRefusal.noSender(String(key.prefix(64))) }
    try context.settings.requireEntity(entity)
    let user = await context.resources.userName(key.uid)
    guard let pattern = key.pattern(user: user) else { throw ControlRefusal.noSender("\(key)") }
    _ = try await context.mailboxes.load()
    try requireName(for: pattern, in: context)
    if pattern.isAnybody { throw ControlRefusal.senderIsAnybody("\(key)") }
    if let allowed = context.settings.access.allow[entity],
      !allowed.contains(where: { $0 == pattern || $0 == .app(name) })
    {
      throw ControlRefusal.entityIsClosed(entity, pattern: pattern.text)
    }
    let spool = try context.spool
    let requester = context.caller.requester
    try await context.mailboxes.approve(
      ApprovedApp(name: name, pattern: pattern.text, entity: entity, at: Date(), by: requester))
    _ = try await context.mailboxes.allow(sender: "\(key)", by: requester)
    let count = try await release(key, pattern, in: spool, context)
    context.note("app approve", [.entity: entity, .app: name, .match: pattern.text, .messages: "\(count)"])
    if let sentence = pattern.breadth { try await say(.note(sentence)) }
    let mail = "message of it is".counted(count, plural: "messages of it are")
    return .done("\(pattern.text) is the app \(name) from now on, and sends as \(entity). \(mail) released.")
  }

  /// An approval that is there already may be repeated: it releases what has come since.
  private func requireName(for pattern: AppPattern, in context: ControlContext) throws(ControlRefusal) {
    guard App.isName(name) else { throw .appName(String(name.prefix(64))) }
    if context.settings.access.apps.contains(where: { $0.name == name }) { throw .appIsConfigured(name) }
    if let other = context.mailboxes.apps.approved.first(where: { $0.name == name }), other.pattern != pattern.text {
      throw .appIsApproved(name, pattern: other.pattern)
    }
  }

  /// The mail of this sender, and of every other whom the new app's pattern recognises.
  private func release(
    _ key: PendingKey, _ pattern: AppPattern, in spool: Spool, _ context: ControlContext
  ) async throws -> Int {
    var count = try await release(key, in: spool)
    for sender in try await spool.pendingSenders() {
      guard let other = PendingKey(sender.key), other != key else { continue }
      let user = await context.resources.userName(other.owner)
      guard other.isCovered(by: pattern, user: user) else { continue }
      count += try await release(other, in: spool)
    }
    return count
  }

  /// - Returns: how many go out now; what has failed moves along and stays failed.
  private func release(_ key: PendingKey, in spool: Spool) async throws -> Int {
    let waiting = spool.counts[key.spoolKey]?.queued ?? 0
    try await spool.reassign(from: key.spoolKey, to: entity, now: Date())
    return waiting
  }
}

extension AppPattern {
  /// What a person should know who has just approved it.
  fileprivate var breadth: String? {
    switch self {
    case .user("root"), .user("0"):
      "That is every program of root on this host, docker-proxy and its like among them, which hand on what others send."
    default: nil
    }
  }

  /// It stands for a place, and not for one sender there.
  fileprivate var isAnybody: Bool {
    switch self {
    case .listener: true
    case .network(let network): ClientNetwork.loopback.contains { $0.contains(network.address) }
    default: false
    }
  }
}
