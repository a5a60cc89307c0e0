// One TCP connection, plain or with a cipher on top. Belongs to one task at a time (or one that reads and one that writes),
// on one loop; not Sendable. Knows nothing of lines. Deadlines are moments, and hold for a call as a whole.
import CLinux
import Glibc

package enum ConnectionError: Error, Equatable {
  /// We have closed it.
  case closed
  /// The peer broke it: RST, or nobody was left to read what we wrote.
  case reset
  case timedOut
  /// The task was cancelled, the connection interrupted, or the loop stopped.
  case cancelled
  case failed(Int32)
  /// The cipher's own words.
  case cipher(String)

  init(_ code: Int32) {
    switch code {
    case ECONNRESET, EPIPE, ECONNABORTED: self = .reset
    case ETIMEDOUT: self = .timedOut
    default: self = .failed(code)
    }
  }
}

/// What stands between a connection and its socket once it is encrypted. Never blocks.
package protocol StreamCipher: AnyObject {
  /// Reads decrypted octets into `buffer`.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Progress
  /// Encrypts and writes. After `.wants…` it is called again with the same octets, possibly at another address.
  func write(_ buffer: UnsafeRawBufferPointer) -> Progress
  /// Says goodbye if that can be done without waiting.
  func shutdown()
}

package final class Connection {
  package let peer: Endpoint
  package let channel: Channel
  /// Set by TLS after its handshake. What was received in plain text before is no longer to be trusted: drop it.
  package var cipher: (any StreamCipher)?

  init(_ channel: Channel, peer: Endpoint) {
    self.channel = channel
    self.peer = peer
  }

  package var loop: EventLoop { channel.loop }
  package var local: Endpoint { Endpoint(localOf: channel.number) }

  // MARK: Receiving

  /// Waits for octets and hands them to `body` at once, from a buffer that the loop owns: they are gone afterwards.
  ///
  /// - Returns: what `body` made of them; nil when the peer will send nothing more.
  package func receive<Result>(
    until deadline: Instant, _ body: (UnsafeRawBufferPointer) -> Result
  ) async throws(ConnectionError) -> Result? {
    while true {
      if !loop.takeTurn() { try await yield(until: deadline) }
      let progress = cipher?.read(into: loop.scratch) ?? channel.read(into: loop.scratch)
      switch progress {
      case .octets(let count): return body(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
      case .ended: return nil
      default: try await wait(after: progress, until: deadline)
      }
    }
  }

  // MARK: Sending

  /// Returns when the kernel has taken everything. After `.reset` the peer's last words may still be there to receive.
  package func send(_ octets: [UInt8], until deadline: Instant) async throws(ConnectionError) {
    var sent = 0
    while sent < octets.count {
      sent += try await advance(until: deadline) {
        octets.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
      }
    }
  }

  /// Returns when the kernel has taken everything.
  package func send(_ octets: ArraySlice<UInt8>, until deadline: Instant) async throws(ConnectionError) {
    var sent = 0
    while sent < octets.count {
      sent += try await advance(until: deadline) {
        octets.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
      }
    }
  }

  /// Returns when the kernel has taken everything. The octets must stay where they are until then.
  package func send(_ octets: UnsafeRawBufferPointer, until deadline: Instant) async throws(ConnectionError) {
    var sent = 0
    while sent < octets.count {
      sent += try await advance(until: deadline) { write(UnsafeRawBufferPointer(rebasing: octets[sent...])) }
    }
  }

  /// Sends one after the other, in one system call where that is possible, and never in more packets than needed.
  package func send(
    _ first: [UInt8], _ second: [UInt8], until deadline: Instant
  ) async throws(ConnectionError) {
    try await send(first[...], second[...], until: deadline)
  }

  /// Sends one after the other, in one system call where that is possible, and never in more packets than needed.
  package func send(
    _ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>, until deadline: Instant
  ) async throws(ConnectionError) {
    var sent = 0
    while sent < first.count {
      sent += try await advance(until: deadline) {
        first.withUnsafeBytes { first in
          second.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: first[sent...]), $0) }
        }
      }
    }
    if sent - first.count < second.count { try await send(second.dropFirst(sent - first.count), until: deadline) }
  }

  private func write(_ octets: UnsafeRawBufferPointer) -> Progress {
    cipher?.write(octets) ?? channel.write(octets)
  }

  private func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Progress {
    guard let cipher else { return channel.write(first, second) }
    // Two small pieces shall be one record. 16 KiB is the most that one holds.
    let room = UnsafeMutableRawBufferPointer(rebasing: loop.scratch[..<(16 * 1024)])
    let ofFirst = min(first.count, room.count)
    let ofSecond = min(second.count, room.count - ofFirst)
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: first[..<ofFirst]))
    UnsafeMutableRawBufferPointer(rebasing: room[ofFirst...])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: second[..<ofSecond]))
    return cipher.write(UnsafeRawBufferPointer(rebasing: room[..<(ofFirst + ofSecond)]))
  }

  // MARK: Waiting

  @inline(__always)
  private func advance(
    until deadline: Instant, _ attempt: () -> Progress
  ) async throws(ConnectionError) -> Int {
    while true {
      if !loop.takeTurn() { try await yield(until: deadline) }
      let progress = attempt()
      if case .octets(let count) = progress { return count }
      try await wait(after: progress, until: deadline)
    }
  }

  /// Waits for what `progress` wants, or throws what it says. Ciphers use it during their handshake.
  package func wait(after progress: Progress, until deadline: Instant) async throws(ConnectionError) {
    let wake: Wake
    switch progress {
    case .octets: return
    case .wantsRead: wake = await channel.wait(for: .read, until: deadline)
    case .wantsWrite: wake = await channel.wait(for: .write, until: deadline)
    case .ended: throw .reset
    case .failed(let error): throw error
    }
    switch wake {
    case .ready: return
    case .timedOut: throw .timedOut
    case .cancelled: throw channel.number < 0 ? .closed : .cancelled
    case .failed(let code): throw .failed(code)
    }
  }

  // A peer that is never slower than we are would have no deadline otherwise.
  private func yield(until deadline: Instant) async throws(ConnectionError) {
    await loop.yield()
    if deadline <= .now { throw .timedOut }
  }

  // MARK: Ending

  /// Closes at once. What the peer has sent and nobody has read makes this a reset, which may overtake our last words;
  /// `finish` is for those.
  package func close() {
    cipher?.shutdown()
    channel.close()
  }

  /// Says that we shall send nothing more, then reads and drops what still comes until the peer has closed too, and
  /// closes. So our last reply is read even by a peer that was still sending.
  /// An interruption from before is forgotten; another one ends this.
  package func finish(until deadline: Instant) async {
    channel.slot.interrupted = false
    cipher?.shutdown()
    cipher = nil
    _ = Glibc.shutdown(channel.number, Int32(SHUT_WR))
    while await (try? receive(until: deadline) { _ in }) != nil {}
    channel.close()
  }

  /// Ends the wait of the task parked here, and every later one, as cancelled. On the loop's thread; from anywhere
  /// else through `interrupter`.
  package func interrupt() { channel.slot.interrupt() }

  /// Interrupts this connection from any thread, and does nothing once it is closed.
  package var interrupter: Interrupter { Interrupter(loop: loop, key: channel.slot.key) }

  /// Runs a session: when its task is cancelled, whatever wait this connection is in ends as cancelled. Once a session,
  /// not once a read.
  package func whileCancellable<Result, Failure: Error>(
    _ body: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let interrupter = interrupter
    let outcome = await withTaskCancellationHandler {
      do throws(Failure) { return Swift.Result<Result, Failure>.success(try await body()) } catch {
        return .failure(error)
      }
    } onCancel: {
      interrupter.interrupt()
    }
    return try outcome.get()
  }
}

/// Interrupts one connection from any thread.
package struct Interrupter: Sendable {
  let loop: EventLoop
  let key: SlotKey

  package func interrupt() { loop.wake(key, .cancelled) }
}
