// One TCP connection, plain or with a cipher on top. It belongs to one task at a time (or to one that reads and one that
// writes), on one loop, and is not Sendable. It knows nothing of lines. A deadline holds for a call as a whole.
import CLinux
import Glibc

package enum ConnectionError: Error, Equatable {
  /// This side has closed it.
  case closed
  /// The peer has broken it: it sent RST, or no longer accepts data.
  case reset
  case timedOut
  /// The task was cancelled, the connection interrupted, or the loop stopped.
  case cancelled
  case failed(Int32)
  /// The error text of the cipher.
  case cipher(String)

  init(_ code: Int32) {
    switch code {
    case ECONNRESET, EPIPE, ECONNABORTED: self = .reset
    case ETIMEDOUT: self = .timedOut
    default: self = .failed(code)
    }
  }
}

/// Encrypts and decrypts between a connection and its socket. Never blocks.
package protocol StreamCipher: AnyObject {
  /// Reads decrypted octets into `buffer`.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Progress
  /// Encrypts and writes. After `.wants…` it is called again with the same octets, possibly at another address.
  func write(_ buffer: UnsafeRawBufferPointer) -> Progress
  /// Sends the cipher's end of the conversation if that is possible without waiting.
  func shutdown()
}

package final class Connection {
  package let peer: Endpoint
  package let channel: Channel
  /// Set by TLS after its handshake. Plain text that was received before must not be trusted any more: drop it.
  package var cipher: (any StreamCipher)?

  init(_ channel: Channel, peer: Endpoint) {
    self.channel = channel
    self.peer = peer
  }

  package var loop: EventLoop { channel.loop }
  package var local: Endpoint { Endpoint(localOf: channel.number) }

  // MARK: Receiving

  /// Waits for octets and calls `body` with them. The loop owns the buffer, which is valid only during that call.
  ///
  /// - Returns: the result of `body`; nil when the peer will send nothing more.
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

  /// Returns when the kernel has taken all octets. After `.reset` the peer's last reply may still be there to receive.
  package func send(_ octets: [UInt8], until deadline: Instant) async throws(ConnectionError) {
    var sent = 0
    while sent < octets.count {
      sent += try await advance(until: deadline) {
        octets.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
      }
    }
  }

  /// Returns when the kernel has taken all octets.
  package func send(_ octets: ArraySlice<UInt8>, until deadline: Instant) async throws(ConnectionError) {
    var sent = 0
    while sent < octets.count {
      sent += try await advance(until: deadline) {
        octets.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
      }
    }
  }

  /// Returns when the kernel has taken all octets. The buffer must stay valid until then.
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
    // Two small pieces shall be one TLS record. A record holds 16 KiB at most.
    let record = UnsafeMutableRawBufferPointer(rebasing: loop.scratch[..<(16 * 1024)])
    let ofFirst = min(first.count, record.count)
    let ofSecond = min(second.count, record.count - ofFirst)
    record.copyMemory(from: UnsafeRawBufferPointer(rebasing: first[..<ofFirst]))
    UnsafeMutableRawBufferPointer(rebasing: record[ofFirst...])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: second[..<ofSecond]))
    return cipher.write(UnsafeRawBufferPointer(rebasing: record[..<(ofFirst + ofSecond)]))
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

  // Without this check no deadline would hold against a peer that is never slower than this side.
  private func yield(until deadline: Instant) async throws(ConnectionError) {
    await loop.yield()
    if deadline <= .now { throw .timedOut }
  }

  // MARK: Ending

  /// Closes at once. If the peer has sent data that nobody has read, the kernel sends a reset, which may overtake the last
  /// reply. Use `finish` where the peer should still read that reply.
  package func close() {
    cipher?.shutdown()
    channel.close()
  }

  /// Tells the peer that nothing more will be sent, then reads and drops data until the peer has closed too, and closes.
  /// A peer that was still sending can thus read the last reply.
  /// An interruption from before this call has no effect; a later one ends the wait.
  package func finish(until deadline: Instant) async {
    channel.slot.interrupted = false
    cipher?.shutdown()
    cipher = nil
    _ = Glibc.shutdown(channel.number, Int32(SHUT_WR))
    while await (try? receive(until: deadline) { _ in }) != nil {}
    channel.close()
  }

  /// Ends the present wait and every later one as cancelled. Must be called on the loop's thread; other threads use
  /// `interrupter`.
  package func interrupt() { channel.slot.interrupt() }

  /// Interrupts this connection from any thread. It has no effect once the connection is closed.
  package var interrupter: Interrupter { Interrupter(loop: loop, key: channel.slot.key) }

  /// Runs a session. When its task is cancelled, the present wait of this connection ends as cancelled. This costs one
  /// cancellation handler a session, not one a read.
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
