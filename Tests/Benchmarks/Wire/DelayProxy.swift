// A provider that is far away: a TCP proxy in which each octet arrives a fixed time after it was sent, either way, and
// nothing waits for anything else. Bounded: a direction with too much on its way is not read until some has arrived.

import CLinux
import Glibc

final class DelayProxy: Sendable {
  let port: UInt16
  private let stopped = Stop()
  private let thread: Worker

  /// - Parameter oneWay: seconds. A connection's first octets need three of them more, as a handshake does.
  init(to target: UInt16, oneWay: Double) throws {
    let (listener, port) = try Loopback.listen(0)
    self.port = port
    thread = Worker { [stopped] in
      DelayLoop(listener: listener, target: target, delay: UInt64.seconds(oneWay), stopped: stopped).run()
    }
  }

  func stop() {
    stopped.set()
    thread.join()
  }
}

private final class DelayLoop {
  /// One way through a connection: what was read and is not due, or is due and not written.
  struct Way {
    var flying: [(due: UInt64, octets: [UInt8])] = []
    var count = 0
    var isPaused = false
    /// The reader's end is over; the writer's end follows when all has arrived.
    var ends: UInt64?
  }

  final class Pair {
    let client: Int32
    var provider: Int32 = -1
    let dialAt: UInt64
    /// From the client, from the provider.
    var ways = [Way(), Way()]

    init(client: Int32, dialAt: UInt64) {
      self.client = client
      self.dialAt = dialAt
    }

    func socket(_ side: Int) -> Int32 { side == 0 ? client : provider }
  }

  private static let mostFlying = 8 << 20

  private let listener: Int32
  private let target: UInt16
  private let delay: UInt64
  private let stopped: Stop
  private let poller = Poller()
  /// Slot 2 × index is the client's side of a pair, the next one the provider's. Places are not used again, so that no
  /// event can be taken for another pair's: a relay opens few sessions.
  private var pairs: [Pair?] = []
  private var input = [UInt8](repeating: 0, count: 64 << 10)

  init(listener: Int32, target: UInt16, delay: UInt64, stopped: Stop) {
    self.listener = listener
    self.target = target
    self.delay = delay
    self.stopped = stopped
  }

  func run() {
    poller.add(listener, slot: Poller.listener)
    while !stopped.isSet {
      // A millisecond while anything flies: beside 40 ms or more that is no error.
      let isQuiet = pairs.allSatisfy { $0 == nil }
      poller.wait(atMost: isQuiet ? 100 : 1) { slot, _ in
        slot == Poller.listener ? accept() : read(slot / 2, side: slot % 2)
      }
      for index in pairs.indices { carry(index) }
    }
    close(listener)
    for index in pairs.indices { end(index) }
  }

  private func accept() {
    let client = Loopback.accept(listener)
    guard client >= 0 else { return }
    pairs.append(Pair(client: client, dialAt: now() + 3 * delay))
    poller.add(client, slot: 2 * (pairs.count - 1))
  }

  private func read(_ index: Int, side: Int) {
    guard let pair = pairs[index] else { return }
    let count = recv(pair.socket(side), &input, input.count, 0)
    if count < 0, errno == EAGAIN { return }
    if count <= 0 {
      pair.ways[side].ends = now() + delay
      return poller.remove(pair.socket(side))
    }
    pair.ways[side].flying.append((now() + delay, Array(input[..<count])))
    pair.ways[side].count += count
    if pair.ways[side].count > Self.mostFlying {
      pair.ways[side].isPaused = true
      poller.change(pair.socket(side), slot: 2 * index + side, [])
    }
  }

  private func carry(_ index: Int) {
    guard let pair = pairs[index] else { return }
    let time = now()
    if pair.provider < 0 {
      guard time >= pair.dialAt else { return }
      pair.provider = Loopback.connect(target)
      guard pair.provider >= 0 else { return end(index) }
      poller.add(pair.provider, slot: 2 * index + 1)
    }
    for side in 0...1 {
      guard deliver(pair, side, time) else { return end(index) }
      if pair.ways[side].isPaused, pair.ways[side].count < Self.mostFlying / 2 {
        pair.ways[side].isPaused = false
        poller.change(pair.socket(side), slot: 2 * index + side, .read)
      }
    }
    let isOver = (0...1).contains { side in
      pair.ways[side].flying.isEmpty && pair.ways[side].ends.map { $0 <= time } ?? false
    }
    if isOver { end(index) }
  }

  /// Writes what is due as far as the socket takes it. Returns whether the connection still stands.
  private func deliver(_ pair: Pair, _ side: Int, _ time: UInt64) -> Bool {
    while let first = pair.ways[side].flying.first, first.due <= time {
      let target = pair.socket(1 - side)
      let count = send(target, first.octets, first.octets.count, Int32(MSG_NOSIGNAL))
      if count < 0 { return errno == EAGAIN || errno == ENOTCONN || errno == EINPROGRESS }
      pair.ways[side].count -= count
      if count == first.octets.count {
        pair.ways[side].flying.removeFirst()
      } else {
        pair.ways[side].flying[0].octets.removeFirst(count)
      }
    }
    return true
  }

  private func end(_ index: Int) {
    guard let pair = pairs[index] else { return }
    close(pair.client)
    if pair.provider >= 0 { close(pair.provider) }
    pairs[index] = nil
  }
}
