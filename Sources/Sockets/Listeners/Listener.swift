// A listening socket. It leaves the last free descriptors to the rest of the process: it pauses then, and connections that
// wait stay in the backlog.
import CLinux
import Glibc
import Synchronization
import Platform

package enum ListenError: Error, Equatable {
  /// Not `127.0.0.1:2525` or `[::1]:2525`.
  case notAnAddress(String)
  /// A path of more than 107 octets, which no unix socket can have.
  case pathTooLong(String)
  /// What stands at this path is no socket.
  case fileInTheWay(String)
  /// The service manager has handed over no socket of this name.
  case notHandedOver(String)
  /// Another socket listens there already.
  case inUse(Endpoint)
  /// The process lacks the privilege; ports below 1024 need one.
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
  /// Where it listens. The port is the real one even if 0 was asked for. For a unix socket the host is its path.
  package let endpoint: Endpoint
  private let socket: Descriptor
  private let origin: Origin
  private let isClosed = Atomic<Bool>(false)
  private let home = Mutex<Home?>(nil)
  /// The descriptor number of the connection that was accepted last.
  private let newest = Atomic<Int32>(-1)

  /// Whose the socket is.
  private enum Origin {
    /// This listener's, with its file where it is a unix socket's.
    case bound(BoundPath?)
    /// The service manager's too, and of listeners that take it later.
    case inherited
  }

  /// The loop that accepts, and the slot it waits in.
  private struct Home {
    let loop: EventLoop
    let key: SlotKey
  }

  /// Begins to listen. Connections wait in the backlog until they are accepted.
  ///
  /// - Parameter address: numeric, `127.0.0.1:2525` or `[::1]:2525`; port 0 lets the kernel choose.
  package convenience init(address text: String, backlog: Int32 = 4096) throws(ListenError) {
    guard let wanted = Endpoint(parsing: text), let address = SocketAddress(wanted) else { throw .notAnAddress(text) }
    let socket = Descriptor(owning: Listener.open(address.family))
    let number = socket.number
    if number < 0 { throw ListenError(errno, at: wanted) }
    set(SO_REUSEADDR, of: SOL_SOCKET, on: number)
    setNoDelay(on: number)  // Accepted sockets inherit the option, which saves a system call for each.
    if address.family == AF_INET6 { set(IPV6_V6ONLY, of: Int32(IPPROTO_IPV6), on: number) }
    if address.withPointer({ bind(number, $0, $1) }) != 0 { throw ListenError(errno, at: wanted) }
    try self.init(socket, at: Endpoint(localOf: number), backlog: backlog)
  }

  /// - Parameter socket: bound.
  init(
    _ socket: consuming Descriptor, at endpoint: Endpoint, backlog: Int32, file: BoundPath? = nil
  ) throws(ListenError) {
    if listen(socket.number, backlog) != 0 { throw ListenError(errno, at: endpoint) }
    self.socket = socket
    self.endpoint = endpoint
    origin = .bound(file)
  }

  /// Accepts from a socket that listens already. It goes on listening when this listener is closed: connections wait in its
  /// backlog then, for another listener or the next start of the relay.
  package init(inheriting inherited: InheritedSocket) {
    socket = Descriptor(owning: fcntl(inherited.descriptor.number, F_DUPFD_CLOEXEC, 0))
    endpoint = inherited.endpoint
    origin = .inherited
    _ = fcntl(socket.number, F_SETFL, fcntl(socket.number, F_GETFL) | O_NONBLOCK)
    setNoDelay(on: socket.number)
  }

  deinit {
    guard let home = home.withLock({ $0 }) else { return }
    if case .inherited = origin { home.loop.unwatch(socket.number) }
    home.loop.discard(home.key)
  }

  static func open(_ family: Int32) -> Int32 {
    Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
  }

  /// Waits for the next connection. To be called by one task at a time, and always on the same loop, which the caller must
  /// be running on.
  ///
  /// - Throws: `.cancelled` when the task is cancelled, the listener interrupted or the loop stopped. `.failed` when
  ///   the kernel refuses to watch the socket.
  package func accept(on loop: EventLoop) async throws(ConnectionError) -> sending Connection {
    let slot = try slot(in: loop)
    while true {
      if !loop.takeTurn() { await loop.yield() }
      if slot.interrupted || Task.isCancelled || isClosed.load(ordering: .acquiring) { throw end(slot) }
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
      default: continue  // The connection broke before it was accepted (ECONNABORTED, or an error of its network).
      }
    }
  }

  /// Ends the `accept` that waits, or else the next one, as cancelled. May be called from any thread.
  package func interrupt() {
    if let home = home.withLock({ $0 }) { home.loop.wake(home.key, .cancelled) }
  }

  /// Accepts no further connection, not even one that waits in the backlog. Another listener may use the address when this
  /// returns. May be called from any thread, and more than once.
  package func close() {
    let wasClosed = isClosed.exchange(true, ordering: .acquiringAndReleasing)
    if case .bound(let file) = origin, !wasClosed {
      // The descriptor stays open, because another thread may use it. A socket that no longer listens does not block its
      // address for sockets that allow reuse, as every Listener does.
      shutdown(socket.number, Int32(SHUT_RD))
      file?.remove()
    }
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

  // An interrupted slot stays interrupted. The next call of `accept`, if there is one, makes a new slot.
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

  // Refusing connections instead would need a descriptor, and would reject mail that can wait.
  private func pause(on loop: EventLoop) async throws(ConnectionError) {
    do { try await loop.sleep(until: .now + .milliseconds(50)) } catch { throw .cancelled }
  }
}
