// What the tests of this module share: a loop for one test, a connected pair, a deadline.
import Testing

@testable import Sockets

/// Runs `body` on a loop of its own and stops it afterwards.
func onLoop(_ body: (EventLoop) async throws -> Void) async throws {
  let loop = EventLoop(name: "test loop")
  loop.start()
  defer { loop.stop() }
  try await loop.run { try await body(loop) }
}

func soon(_ seconds: Double = 50) -> Instant { .now + .seconds(seconds) }

// In these tests both ends of a connection are used by child tasks of one loop, that is: on one thread.
extension Connection: @unchecked Sendable {}

/// Both ends of one connection over loopback.
func connectedPair(
  on loop: EventLoop, address: String = "127.0.0.1:0"
) async throws -> sending (near: Connection, far: Connection) {
  let listener = try Listener(address: address)
  let near = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
  let far = try await listener.accept(on: loop)
  return (near, far)
}

extension Connection {
  /// Everything until the peer ends, or `count` octets.
  func collect(_ count: Int = .max, until deadline: Instant = soon()) async throws(ConnectionError) -> [UInt8] {
    var collected: [UInt8] = []
    while collected.count < count {
      guard let piece = try await receive(until: deadline, { Array($0) }) else { break }
      collected += piece
    }
    return collected
  }
}

extension Connection {
  /// How receiving one octet fails, or nil when it does not.
  func failure(receivingUntil deadline: Instant) async -> ConnectionError? {
    do throws(ConnectionError) {
      _ = try await collect(1, until: deadline)
      return nil
    } catch { return error }
  }
}

extension EventLoop {
  /// Returns once `count` waits are under way on this loop, on which the caller must be running.
  func untilWaiting(_ count: Int = 1) async {
    while waits < count { await yield() }
  }

  private var waits: Int {
    var count = 0
    slots.forEach { slot in count += (slot.isAwaited(.read) ? 1 : 0) + (slot.isAwaited(.write) ? 1 : 0) }
    return count
  }

  /// Lets `seconds` pass for all who wait here, in no time.
  func pass(_ seconds: Double) { fireDeadlines(now: soon(seconds)) }
}
