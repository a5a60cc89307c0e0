// Slows down whoever guesses passwords. By peer, never by account: else any local user could keep an app from signing in.
// Pure: time is handed in.

package import FoundationEssentials
package import SMTP

/// Counts the wrong passwords of each peer. A peer is a user, a unit or an address, as its listener knows it.
package struct SignInThrottle: Sendable {
  package enum Admission: Sendable, Equatable {
    case open
    /// No password is looked at, right or wrong.
    case closed(until: Date)
  }

  /// Peers that are remembered; the one that was wrong last stays longest.
  package static let mostPeers = 10_000
  /// After so many wrong passwords a peer is refused.
  private static let mostFailures = 6
  /// So many a second are looked at: connections side by side share no delay.
  private static let mostFailuresInSecond = 3
  private static let memory: TimeInterval = 900
  private static let longestDelay = Duration.seconds(8)

  private struct FailureCount {
    var failures = 0
    var last: Date
    /// When the second began of which the failures are counted as well.
    var second: Date
    var inSecond = 0

    init(at now: Date) { (last, second) = (now, now) }

    func isOver(at now: Date) -> Bool { abs(now.timeIntervalSince(last)) >= memory }
    func isInSecond(_ now: Date) -> Bool { abs(now.timeIntervalSince(second)) < 1 }

    mutating func add(at now: Date) {
      if !isInSecond(now) { (second, inSecond) = (now, 0) }
      inSecond += 1
      failures += 1
      last = now
    }
  }

  private var peers: [String: FailureCount] = [:]

  package init() {}

  /// To be asked before a password is looked at. What many connections ask at once is asked before any of them is
  /// answered: ``fail(_:at:)`` and ``succeed(_:at:)`` ask again.
  package func admission(of peer: String, at now: Date) -> Admission {
    guard let count = peers[peer], !count.isOver(at: now) else { return .open }
    if count.failures >= Self.mostFailures { return .closed(until: count.last.addingTimeInterval(Self.memory)) }
    if count.inSecond >= Self.mostFailuresInSecond, count.isInSecond(now) {
      return .closed(until: count.second.addingTimeInterval(1))
    }
    return .open
  }

  /// The password was wrong.
  ///
  /// - Returns: how long the answer to it waits: half a second, and twice as long each further time. `nil`: other
  ///   connections have closed the peer out meanwhile, so that it gets no answer.
  package mutating func fail(_ peer: String, at now: Date) -> Duration? {
    guard admission(of: peer, at: now) == .open else { return nil }
    makeRoom(for: peer, at: now)
    var count = peers[peer].flatMap { $0.isOver(at: now) ? nil : $0 } ?? FailureCount(at: now)
    count.add(at: now)
    peers[peer] = count
    return min(.milliseconds(500) * (1 << min(count.failures - 1, 10)), Self.longestDelay)
  }

  /// The password was right: the peer starts afresh, but for the wrong ones of this second.
  ///
  /// - Returns: `false`: other connections have closed the peer out meanwhile, so that it gets no answer.
  package mutating func succeed(_ peer: String, at now: Date) -> Bool {
    guard admission(of: peer, at: now) == .open else { return false }
    if peers[peer]?.isInSecond(now) == true { peers[peer]?.failures = 0 } else { peers[peer] = nil }
    return true
  }

  /// Half of all at once: to look for the oldest each time would cost too much.
  private mutating func makeRoom(for peer: String, at now: Date) {
    guard peers.count >= Self.mostPeers, peers[peer] == nil else { return }
    let newest = peers.filter { !$0.value.isOver(at: now) }.sorted { $0.value.last > $1.value.last }
    peers = Dictionary(uniqueKeysWithValues: newest.prefix(Self.mostPeers / 2).map { ($0.key, $0.value) })
  }
}

extension SignInThrottle {
  /// For a peer that is closed out; the connection ends with it.
  package static let refusal = Reply(
    421, EnhancedCode(4, 7, 0), "Too many wrong passwords from this client; try again in 15 minutes")
}
