// A listening socket. Leaves the last descriptors to others: it pauses, and who is waiting stays in the backlog.
import CLinux
import Glibc
import Synchronization
import System

package enum ListenError: Error, Equatable {
  /// Not `127.0.0.1:2525` or `[::1]:2525`.
  case notAnAddress(String)
  /// Someone else listens there already.
  case inUse(Endpoint)
  /// Ports below 1024 need a privilege.
  case notPermitted(Endpoint)
  /// This machine has no such address.
  case noSuchAddress(Endpoint)
  case failed(Endpoint, errno: Int32)

  init(_ code: Int32, at endpoint: Endpoint) {
    switch code {
    case EADDRINUSE: self = .inUse(endpoint)
    case EACCES, EPERM: self = .notPermitted(endpoint)
    case EADDRNOTAVAIL: self = .noSuchAddress(endpoint)
    default: self = .failed(endpoint, errno: code)
    }
  }
}

package final class Listener: Sendable {
  /// Where it listens; the port is the real one even if 0 was asked for. The host of a unix socket is its path.
  package let endpoint: Endpoint
  private let socket: Descriptor
  private let home = Mutex<Home?>(nil)
  /// The number of the connection accepted last.
  private let newest = Atomic<Int32>(-1)

  /// The loop that accepts, and the slot it waits in.
  private struct Home {
    let loop: EventLoop
    let key: SlotKey
  }

  /// Listens from now on: connections wait in the backlog until they are accepted.
  ///
  /// - Parameter address: numeric, `127.0.0.1:2525` or `[::1]:2525`; port 0 lets the kernel choose.
  package convenience init(address text: String, backlog: Int32 = 4096) throws(ListenError) {
    guard let wanted = Endpoint(parsing: text), let address = SocketAddress(wanted) else { throw .notAnAddress(text) }
    let socket = Descriptor(owning: Listener.open(address.family))
    let number = socket.number
    if number < 0 { throw ListenError(errno, at: wanted) }
    set(SO_REUSEADDR, of: SOL_SOCKET, on: number)
    setNoDelay(on: number)  // Accepted sockets inherit it: one call less a connection.
    if address.family == AF_INET6 { set(IPV6_V6ONLY, of: Int32(IPPROTO_IPV6), on: number) }
    if address.withPointer({ bind(number, $0, $1) }) != 0 { throw ListenError(errno, at: wanted) }
    try self.init(socket, at: Endpoint(localOf: number), backlog: backlog)
  }

  /// - Parameter socket: bound.
  init(_ socket: consuming Descriptor, at endpoint: Endpoint, backlog: Int32) throws(ListenError) {
    if listen(socket.number, backlog) != 0 { throw ListenError(errno, at: endpoint) }
    self.socket = socket
    self.endpoint = endpoint
  }

  deinit { home.withLock { home in if let home { home.loop.discard(home.key) } } }

  static func open(_ family: Int32) -> Int32 {
    Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
  }

  /// Waits for the next connection. One task at a time, and always on the same loop, which must be the one the caller
  /// runs on.
  ///
  /// - Throws: `.cancelled` when the task is cancelled, the listener interrupted or the loop stopped. `.failed` when
  ///   the kernel will not watch the socket.
  package func accept(on loop: EventLoop) async throws(ConnectionError) -> sending Connection {
    let slot = try slot(in: loop)
    while true {
      if !loop.takeTurn() { await loop.yield() }
      if slot.interrupted || Task.isCancelled { throw end(slot) }
      if newest.load(ordering: .relaxed) >= DescriptorLimit.clients {
        try await pause(on: loop)
        newest.store(lowestFree, ordering: .relaxed)
        continue
      }
      var peer = SocketAddress()
      let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
      let accepted = peer.withMutablePointer { accept4(socket.number, $0, $1, flags) }
      if accepted >= 0 {
        newest.store(accepted, ordering: .relaxed)
        return Connection(Channel(Descriptor(owning: accepted), in: loop), peer: Endpoint(peer))
      }
      switch errno {
      case EAGAIN: if await nextArrival(in: slot) == .cancelled { throw end(slot) }
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: try await pause(on: loop)
      default: continue  // This one was broken before we got to it (ECONNABORTED, or its network's error).
      }
    }
  }

  /// From any thread: the `accept` that waits, or else the next one, ends as cancelled.
  package func interrupt() {
    if let home = home.withLock({ $0 }) { home.loop.wake(home.key, .cancelled) }
  }

  /// From any thread: lets nobody in any more, not even those who wait in the backlog. The address is free for another
  /// listener when this returns.
  package func close() {
    // Closing the descriptor is its owner's; a socket that has stopped listening holds its address against nobody who
    // allows reuse, as every Listener does.
    shutdown(socket.number, Int32(SHUT_RD))
    interrupt()
  }

  private func slot(in loop: EventLoop) throws(ConnectionError) -> Slot {
    try home.withLock { home throws(ConnectionError) in
      if let home {
        precondition(home.loop === loop, "a listener accepts on one loop only")
        if let slot = loop.slots[home.key] { return slot }
      }
      let slot = Slot(in: loop)
      let code = loop.watch(socket.number, slot, writing: false, again: home != nil)
      if code != 0 {
        slot.release()
        throw .failed(code)
      }
      home = Home(loop: loop, key: slot.key)
      return slot
    }
  }

  // An interrupted slot stays so. The next call, if there is one, takes a fresh one.
  private func end(_ slot: Slot) -> ConnectionError {
    slot.release()
    return .cancelled
  }

  private func nextArrival(in slot: Slot) async -> Wake {
    let (loop, key) = (slot.loop, slot.key)
    return await withTaskCancellationHandler {
      await slot.wait(for: .read, until: .now + .seconds(86_400))
    } onCancel: {
      loop.wake(key, .cancelled)
    }
  }

  /// The number that the next descriptor would get.
  private var lowestFree: Int32 {
    let probe = Descriptor(owning: fcntl(socket.number, F_DUPFD_CLOEXEC, 0))
    return probe.number < 0 ? .max : probe.number
  }

  // Refusing them instead would need a descriptor, and would lose mail that can wait.
  private func pause(on loop: EventLoop) async throws(ConnectionError) {
    do { try await loop.sleep(until: .now + .milliseconds(50)) } catch { throw .cancelled }
  }
}
