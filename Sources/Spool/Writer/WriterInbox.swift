// Where the sessions, the mailboxes' queues and the writer thread meet: everything here is behind one lock, held for
// moments.

import Platform

/// Requests for the writer thread, and what it hands over in return.
final class WriterInbox: Sendable {
  struct Contents {
    var requests: [WriterRequest] = []
    var windows: [String: HandoverWindow] = [:]
    var counts: [String: Counts] = [:]
    /// Entities with something due that nobody has claimed yet.
    var backlog: Set<String> = []
    var lastClaimer = 0
    /// A window has run low, or the storage wants to be kept in shape: a round is due even where nothing is requested.
    var needsRound = false
    /// A reader has found the storage corrupt.
    var damage: String?
    var isClosing = false
    var isClosed = false
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  /// What the writer thread does next.
  struct Round {
    var requests: [WriterRequest]
    /// Of the open windows.
    var rooms: [String: WindowRoom]
    var isClosing: Bool
  }

  let contents = Monitor(Contents())

  // MARK: For callers

  /// - Returns: false where the spool is closed.
  func add(_ request: WriterRequest) -> Bool {
    let (isClosed, isFirst) = contents.withLock { contents in
      guard !contents.isClosed else { return (true, false) }
      contents.requests.append(request)
      return (false, contents.requests.count == 1)
    }
    // Later ones find the thread awake.
    if isFirst { contents.signal() }
    return !isClosed
  }

  func openWindow(of entity: String) {
    contents.withLock { contents in
      guard !contents.isClosing else { return }
      contents.windows[entity, default: HandoverWindow()].open()
      contents.needsRound = true
    }
    contents.signal()
  }

  func closeWindow(of entity: String) {
    let handovers = contents.withLock { $0.closeWindow(of: entity) }
    contents.signal()
    handovers.forEach { $0.resume() }
  }

  /// - Returns: `nil` when the caller has to wait.
  func takeReady(of entity: String, atMost: Int) -> [SpooledMessage]? {
    let taken = contents.withLock { $0.takeReady(of: entity, atMost: atMost) }
    if taken?.runsLow == true { contents.signal() }
    return taken?.messages
  }

  /// A number by which a claimer is dismissed.
  func nextClaimer() -> Int {
    contents.withLock { contents in
      contents.lastClaimer += 1
      return contents.lastClaimer
    }
  }

  func add(_ claimer: HandoverWindow.Claimer, to entity: String, isCancelled: Bool) {
    let handovers = contents.withLock { $0.add(claimer, to: entity, isCancelled: isCancelled) }
    contents.signal()
    handovers.forEach { $0.resume() }
  }

  func dismiss(_ claimer: Int, from entity: String) {
    contents.withLock { $0.windows[entity]?.dismiss(claimer) }?.resume()
  }

  var counts: [String: Counts] { contents.withLock { $0.counts } }

  /// Of each entity with a window: how many messages were taken, and whether some wait to be.
  var takes: [String: (count: Int, hasReady: Bool)] {
    contents.withLock { $0.windows.mapValues { ($0.takes, !$0.ready.isEmpty) } }
  }

  /// Has the thread mend the storage, which a reader has found corrupt.
  func report(damage: String) {
    contents.withLock { ($0.damage, $0.needsRound) = (damage, true) }
    contents.signal()
  }

  func takeDamage() -> String? {
    contents.withLock { contents in
      defer { contents.damage = nil }
      return contents.damage
    }
  }

  /// Asks the thread to look again.
  func requestRound() {
    contents.withLock { $0.needsRound = true }
    contents.signal()
  }

  /// Asks the thread to end. Does not wait.
  func beginClosing() {
    contents.withLock { $0.isClosing = true }
    contents.signal()
  }

  /// Closes all windows and waits until the thread has ended.
  func close() async {
    let handovers = contents.withLock { contents in
      contents.windows.keys.sorted().flatMap { contents.closeWindow(of: $0) }
    }
    handovers.forEach { $0.resume() }
    await withCheckedContinuation { continuation in
      let isClosed = contents.withLock { contents in
        contents.isClosing = true
        if !contents.isClosed { contents.closers.append(continuation) }
        return contents.isClosed
      }
      if isClosed { continuation.resume() }
      contents.signal()
    }
  }

  // MARK: For the writer thread

  /// Waits until there is something to do, at most for `limit`.
  func nextRound(within limit: Duration, mostRequests: Int) -> Round {
    contents.wait(upTo: limit, while: { $0.requests.isEmpty && !$0.needsRound && !$0.isClosing }) { contents in
      contents.needsRound = false
      return Round(
        requests: contents.takeRequests(atMost: mostRequests),
        rooms: contents.windows.compactMapValues { $0.isOpen ? $0.room(inBatchOf: mostRequests) : nil },
        isClosing: contents.isClosing)
    }
  }

  /// Requests that could not be done come before all others.
  func putBack(_ requests: [WriterRequest]) {
    contents.withLock { $0.requests.insert(contentsOf: requests, at: 0) }
  }

  /// Hands over what a batch has claimed, and publishes counts. What nobody wants any more is given back.
  func publish(_ claimed: [BatchResult.Claimed], _ counts: [(entity: String, counts: Counts, hasDue: Bool)]) {
    let handovers = contents.withLock { contents in
      for entry in counts { contents.publish(entry.counts, hasDue: entry.hasDue, of: entry.entity) }
      return contents.add(claimed)
    }
    handovers.forEach { $0.resume() }
  }

  /// Takes back what has not been started.
  func withdraw(_ ids: Set<MessageID>) -> [MessageID] {
    guard !ids.isEmpty else { return [] }
    return contents.withLock { contents in
      contents.windows.keys.flatMap { contents.windows[$0]?.withdraw(ids) ?? [] }
    }
  }

  /// From now on nothing is taken in.
  ///
  /// - Returns: what is left undone.
  @discardableResult
  func end() -> (requests: [WriterRequest], closers: [CheckedContinuation<Void, Never>]) {
    contents.withLock { contents in
      (contents.isClosing, contents.isClosed) = (true, true)
      defer { (contents.requests, contents.closers) = ([], []) }
      return (contents.requests, contents.closers)
    }
  }
}

extension WriterInbox.Contents {
  mutating func closeWindow(of entity: String) -> [Handover] {
    guard let (unstarted, handovers) = windows[entity]?.close() else { return [] }
    if !unstarted.isEmpty { requests.append(.giveBack(unstarted)) }
    return handovers
  }

  /// - Returns: `nil` when the caller has to wait.
  mutating func takeReady(of entity: String, atMost: Int) -> (messages: [SpooledMessage], runsLow: Bool)? {
    guard windows[entity]?.isOpen == true, !isClosing else { return ([], false) }
    guard let messages = windows[entity]?.take(atMost: atMost), !messages.isEmpty else { return nil }
    let runsLow = backlog.contains(entity) && windows[entity]?.wantsMore == true
    if runsLow { needsRound = true }
    return (messages, runsLow)
  }

  mutating func add(_ claimer: HandoverWindow.Claimer, to entity: String, isCancelled: Bool) -> [Handover] {
    guard windows[entity]?.isOpen == true, !isClosing, !isCancelled else {
      return [Handover(continuation: claimer.continuation, messages: [])]
    }
    windows[entity]?.add(claimer)
    if backlog.contains(entity) { needsRound = true }
    return windows[entity]?.serve() ?? []
  }

  mutating func add(_ claimed: [BatchResult.Claimed]) -> [Handover] {
    var late: [MessageID] = []
    var entities: Set<String> = []
    for (message, _) in claimed {
      if windows[message.entity]?.addIfOpen(message) == true {
        entities.insert(message.entity)
      } else {
        late.append(message.id)
      }
    }
    if !late.isEmpty { requests.append(.giveBack(late)) }
    return entities.flatMap { windows[$0]?.serve() ?? [] }
  }

  mutating func publish(_ counts: Counts, hasDue: Bool, of entity: String) {
    self.counts[entity] = counts
    if hasDue { backlog.insert(entity) } else { backlog.remove(entity) }
  }

  mutating func takeRequests(atMost most: Int) -> [WriterRequest] {
    guard requests.count > most else {
      defer { requests = [] }
      return requests
    }
    defer { requests.removeSubrange(..<most) }
    return Array(requests[..<most])
  }
}
