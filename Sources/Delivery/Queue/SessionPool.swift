// The sessions of one mailbox's queue and what is under way on each. It decides which session takes the next message,
// whether a further one may be opened, and which are to be closed; `MailboxQueue` opens, sends and closes.

import Message
import Spool
import Transport

struct SessionPool {
  /// Where the next message goes.
  enum Place: Equatable {
    case session(Int)
    case newSession
  }

  /// How many messages wait, and how many sessions there may be for them.
  struct Demand {
    var backlog: Int
    /// The first of them has waited for long, so that a further session is worth its sign-in.
    var hasWaited = false
    /// By the limits that hold now.
    var mostSessions: Int
    var backlogPerSession: Int
  }

  /// What is to be done when a message has come back from its session.
  struct Departure {
    /// Messages that the session did not come to, the oldest first: they may go over another one.
    var returned: [SpooledMessage] = []
    /// The session is of no more use, and nothing is under way on it.
    var closes = false
  }

  private struct Member {
    let id: Int
    let session: any TransportSession
    /// Messages that were given to the session and have not come back.
    var underway = 0
    /// Those of them for which `send` has not been called: the session does not count them yet.
    var unsent = 0
    /// The session is looked at, or a message's body read from the disk, before the message is sent: none may overtake it.
    var isPreparing = false
    var returned: [SpooledMessage] = []
    /// Sweeps that have found the session idle; `nil` while it is not.
    var idleSweeps: Int?
    /// It takes no more messages, and is closed when nothing is under way on it.
    var isSpare = false
    var isClosing = false

    var isInUse: Bool { !isClosing && !isSpare && session.isUsable }
    /// A session that is of no more use has no capacity.
    var room: Int { isClosing || isSpare || isPreparing ? 0 : session.capacity - unsent }
    var isIdle: Bool { underway == 0 && !isClosing }
  }

  /// Whatever a configuration says.
  static let mostEver = 32
  /// An idle session is closed by the third sweep that finds it so.
  static let longestIdle = 3

  private var members: [Member] = []
  private var lastID = 0
  /// One sign-in at a time, so that a refused password is never tried twice.
  private(set) var isOpening = false
  /// Fewer than the limits allow, after the provider refused a further one or asked for a pause.
  private(set) var limit = mostEver

  /// Open or being opened; one that is closing counts with the provider until it has gone.
  var count: Int { members.count + (isOpening ? 1 : 0) }
  var openCount: Int { members.count }
  var sessions: [any TransportSession] { members.map(\.session) }
  var hasIdle: Bool { members.contains(where: \.isIdle) }

  subscript(id: Int) -> (any TransportSession)? { place(of: id).map { members[$0].session } }

  private func place(of id: Int) -> Int? { members.firstIndex { $0.id == id } }

  // MARK: The next message

  /// Where the next message goes; `nil`: it waits.
  func place(for demand: Demand) -> Place? {
    let free = members.lazy.filter { $0.room > 0 }.min { $0.underway < $1.underway }
    if let free { return .session(free.id) }
    return mayOpen(for: demand) ? .newSession : nil
  }

  private func mayOpen(for demand: Demand) -> Bool {
    guard !isOpening, limit > 0 else { return false }
    if members.isEmpty { return true }
    guard mayGrow(to: demand.mostSessions) else { return false }
    return demand.hasWaited || demand.backlog >= count * demand.backlogPerSession
  }

  /// Whether there may be more sessions than there are.
  func mayGrow(to most: Int) -> Bool { count < min(limit, most) }

  /// Gives a message to a session.
  ///
  /// - Returns: whether the session was idle, so that it may have gone meanwhile.
  mutating func give(_ message: SpooledMessage, to id: Int) -> Bool {
    guard let place = place(of: id) else { return false }
    let wasIdle = members[place].idleSweeps != nil
    members[place].idleSweeps = nil
    members[place].underway += 1
    members[place].unsent += 1
    members[place].isPreparing = if case .stored = message.content { true } else { wasIdle }
    return wasIdle
  }

  /// A message is ready to be sent.
  ///
  /// - Returns: whether others have waited for that.
  mutating func prepare(on id: Int) -> Bool {
    guard let place = place(of: id) else { return false }
    defer { members[place].isPreparing = false }
    return members[place].isPreparing
  }

  /// The message's first `send` is called next, or it never will be.
  mutating func begin(on id: Int) {
    guard let place = place(of: id) else { return }
    members[place].unsent -= 1
    members[place].isPreparing = false
  }

  /// A message has come back from its session.
  ///
  /// - Parameter returned: the message, where the session did not come to it. The session takes no more then.
  mutating func end(on id: Int, returning returned: SpooledMessage? = nil, mostSessions: Int) -> Departure {
    guard let place = place(of: id) else { return Departure(returned: returned.map { [$0] } ?? []) }
    members[place].underway -= 1
    if let returned {
      members[place].returned.append(returned)
      members[place].session.retire()
    }
    if spare(over: mostSessions) > 0 { members[place].isSpare = true }
    guard members[place].underway == 0 else { return Departure() }
    defer { members[place].returned = [] }
    return Departure(returned: members[place].returned, closes: !members[place].isInUse)
  }

  // MARK: Opening

  mutating func beginOpening() { isOpening = true }

  mutating func failOpening() { isOpening = false }

  /// - Returns: the name of the session in this pool.
  mutating func add(_ session: any TransportSession) -> Int {
    isOpening = false
    lastID += 1
    members.append(Member(id: lastID, session: session))
    return lastID
  }

  // MARK: Closing

  /// Sets how many sessions there may be until all have ended.
  mutating func limit(to most: Int) { limit = most }

  /// - Returns: idle sessions that are too many. Those that are busy end after their message.
  mutating func closeSpare(over most: Int) -> [Int] {
    close(members.filter { $0.isIdle && $0.isInUse }.prefix(spare(over: most)).map(\.id))
  }

  private func spare(over most: Int) -> Int {
    max(members.count(where: \.isInUse) + (isOpening ? 1 : 0) - min(limit, most), 0)
  }

  /// - Returns: an idle session, whose place a probe takes.
  mutating func closeOneIdle() -> Int? {
    close(members.filter(\.isIdle).prefix(1).map(\.id)).first
  }

  /// Nothing is left for the sessions that have nothing to do: the time of their idleness begins.
  mutating func restIdle() {
    for place in members.indices where members[place].isIdle && members[place].idleSweeps == nil {
      members[place].idleSweeps = 0
    }
  }

  /// To be called now and then while there are sessions. When all have ended the limit is what it was at first.
  ///
  /// - Returns: those that have been idle for long.
  mutating func sweep() -> [Int] {
    for place in members.indices { members[place].idleSweeps? += 1 }
    if count == 0 { limit = Self.mostEver }
    return close(members.filter { $0.isIdle && $0.idleSweeps ?? 0 >= Self.longestIdle }.map(\.id))
  }

  /// From here on the session takes no message.
  @discardableResult
  mutating func close(_ ids: [Int]) -> [Int] {
    for place in members.indices where ids.contains(members[place].id) { members[place].isClosing = true }
    return ids
  }

  /// The session has ended.
  mutating func remove(_ id: Int) { members.removeAll { $0.id == id } }
}
