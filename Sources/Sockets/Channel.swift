// A socket in a loop. Reads and writes never block the thread; a task that has to wait is suspended.
import CLinux
import Glibc
import Platform

/// The result of one attempt to read or write.
package enum Progress: Equatable {
  case octets(Int)
  /// The attempt would have blocked: wait until the socket can be read or written, and try again.
  case wantsRead, wantsWrite
  /// The peer will send nothing more.
  case ended
  case failed(ConnectionError)
}

/// One socket. Ciphers read and write encrypted octets through it; all other code uses a `Connection`.
package final class Channel {
  let slot: Slot
  private var descriptor: Descriptor?
  /// -1 once closed.
  private(set) var number: Int32
  private var isWatched = false
  private var isWatchedForWriting = false

  /// - Parameter descriptor: non-blocking. Must be called on the loop's thread.
  init(_ descriptor: consuming Descriptor, in loop: EventLoop) {
    number = descriptor.number
    self.descriptor = consume descriptor
    slot = Slot(in: loop)
  }

  deinit { if number >= 0 { slot.loop.isCurrent ? slot.release() : slot.loop.discard(slot.key) } }

  var loop: EventLoop { slot.loop }

  func close() {
    guard number >= 0 else { return }
    number = -1
    slot.release()
    descriptor = nil
  }

  // MARK: Trying

  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Progress {
    guard slot.readable else { return .wantsRead }
    let count = retried { recv(number, buffer.baseAddress, buffer.count, 0) }
    if count > 0 {
      // Less than asked for means that nothing more has arrived; the kernel reports what arrives later.
      if count < buffer.count && !slot.hungUp { slot.readable = false }
      return .octets(count)
    }
    if count == 0 { return .ended }
    return failure {
      slot.readable = false; return .wantsRead
    }
  }

  /// Copies what the next `read` would take to the loop's buffer, and leaves it there to be read.
  func peek(atMost count: Int) -> Progress {
    guard slot.readable else { return .wantsRead }
    let count = retried { recv(number, loop.scratch.baseAddress, count, Int32(MSG_PEEK)) }
    if count > 0 { return .octets(count) }
    if count == 0 { return .ended }
    return failure {
      slot.readable = false; return .wantsRead
    }
  }

  /// Drops octets that `peek` has shown.
  func skip(_ count: Int) {
    slot.readable = true
    _ = retried { recv(number, loop.scratch.baseAddress, count, 0) }
  }

  package func write(_ buffer: UnsafeRawBufferPointer) -> Progress {
    guard slot.writable else { return .wantsWrite }
    let count = retried { Glibc.send(number, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL)) }
    if count >= 0 { return .octets(count) }
    return failure {
      slot.writable = false; return .wantsWrite
    }
  }

  /// Writes both buffers in one system call.
  func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Progress {
    guard slot.writable else { return .wantsWrite }
    let count = withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { pieces in
      pieces[0] = iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count)
      pieces[1] = iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
      var message = msghdr()
      message.msg_iov = pieces.baseAddress
      message.msg_iovlen = 2
      return retried { sendmsg(number, &message, Int32(MSG_NOSIGNAL)) }
    }
    if count >= 0 { return .octets(count) }
    return failure {
      slot.writable = false; return .wantsWrite
    }
  }

  private func failure(ifBlocked: () -> Progress) -> Progress {
    let code = errno
    if code == EAGAIN { return ifBlocked() }
    return .failed(number < 0 ? .closed : ConnectionError(code))
  }

  // MARK: Waiting

  /// Suspends this task until another attempt may succeed.
  func wait(for direction: Direction, until deadline: Instant) async -> Wake {
    if number < 0 { return .cancelled }
    let code = watch(writing: direction == .write)
    if code != 0 { return .failed(code) }
    if slot.isAwaited(direction) { return await waitBesideAnother(until: deadline) }
    return await slot.wait(for: direction, until: deadline, isChannel: true)
  }

  /// A cipher may have to read before it can write, and the other way round, while the connection's other task waits for
  /// the same direction. This is rare, so this task tries again every 10 milliseconds.
  private func waitBesideAnother(until deadline: Instant) async -> Wake {
    let again = min(deadline, .now + .milliseconds(10))
    guard (try? await loop.sleep(until: again)) != nil else { return .cancelled }
    if number < 0 || slot.interrupted { return .cancelled }
    return deadline <= .now ? .timedOut : .ready
  }

  private func watch(writing: Bool) -> Int32 {
    if isWatched && (isWatchedForWriting || !writing) { return 0 }
    let code = loop.watch(number, slot, writing: writing, again: isWatched)
    if code != 0 { return code }
    isWatched = true
    isWatchedForWriting = writing
    return 0
  }
}

/// Repeats a system call that a signal has interrupted.
func retried(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
