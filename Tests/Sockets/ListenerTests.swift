import CLinux
import Glibc
import Platform
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(1))) struct ListenerTests {
  @Test(arguments: [
    "", "2525", "localhost:2525", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:25", "[::1]", ":25",
  ])
  func `what is not a numeric address with a port is refused as such`(text: String) {
    #expect(throws: ListenError.notAnAddress(text)) { try Listener(address: text) }
  }

  @Test func `a port that is taken is said to be in use`() throws {
    let first = try Listener(address: "127.0.0.1:0")
    #expect(first.endpoint.port != 0)
    #expect(throws: ListenError.inUse(first.endpoint)) { try Listener(address: "\(first.endpoint)") }
  }

  @Test func `a listener that has closed leaves its address to another`() throws {
    let first = try Listener(address: "127.0.0.1:0")
    first.close()
    #expect(throws: Never.self) { try Listener(address: "\(first.endpoint)") }
  }

  @Test func `an address that is not this machine's is said not to be`() {
    #expect(throws: ListenError.noSuchAddress(Endpoint(host: "192.0.2.1", port: 2525))) {
      try Listener(address: "192.0.2.1:2525")
    }
  }

  @Test func `both families may have the same port`() throws {
    let first = try Listener(address: "[::]:0")
    let second = try Listener(address: "0.0.0.0:\(first.endpoint.port)")
    #expect(first.endpoint.port == second.endpoint.port)
  }

  @Test func `accepting ends when its task is cancelled, and may begin again`() async throws {
    try await onLoop { loop in
      let listener = try Listener(address: "127.0.0.1:0")
      let accepting = loop.start {
        await #expect(throws: ConnectionError.cancelled) { _ = try await listener.accept(on: loop).peer }
      }
      await loop.untilWaiting()
      accepting.cancel()
      await accepting.value
      let near = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
      #expect(try await listener.accept(on: loop).peer == near.local)
    }
  }

  @Test func `a listener interrupted while nobody waits ends the next accept, and only that`() async throws {
    try await onLoop { loop in
      let listener = try Listener(address: "127.0.0.1:0")
      let first = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
      #expect(try await listener.accept(on: loop).peer == first.local)
      let second = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
      listener.interrupt()
      await loop.yield()  // The loop handles what others ask of it before it resumes this task.
      await #expect(throws: ConnectionError.cancelled) { _ = try await listener.accept(on: loop).peer }
      #expect(try await listener.accept(on: loop).peer == second.local)
    }
  }

  @Test func `when descriptors run out connections wait, the loop stays calm, and all are served later`() async throws {
    // Other tests run in this process at the same time: only the loop's thread gets a table of its own to fill.
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    if limit.rlim_cur > 65_536 {
      limit.rlim_cur = 65_536
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    let listener = try Listener(address: "127.0.0.1:0")
    let clients = Worker(name: "clients")
    await clients.run {}  // Its thread must exist before, or it would share the full table.
    try await onLoop { loop in
      #expect(unshare(0x400) == 0)  // CLONE_FILES
      var hoard: [Int32] = []
      while case let number = dup(0), number >= 0 { hoard.append(number) }
      #expect(errno == EMFILE)
      let endpoint = listener.endpoint
      let sockets = await clients.run { (0..<20).map { _ in connectBlocking(to: endpoint) } }
      #expect(sockets.allSatisfy { $0 >= 0 })
      async let accepted = acceptAll(listener, 20, on: loop)
      let before = clock()
      try await loop.sleep(until: .now + .milliseconds(300))
      #expect(threadTime(since: before) < 0.1)
      for number in hoard { close(number) }
      let count = await accepted
      #expect(count == 20)
      await clients.run { for socket in sockets { close(socket) } }
    }
  }

  private func acceptAll(_ listener: Listener, _ count: Int, on loop: EventLoop) async -> Int {
    var accepted: [Endpoint] = []
    while accepted.count < count, let peer = try? await listener.accept(on: loop).peer { accepted.append(peer) }
    return Set(accepted).count
  }

  private func clock() -> timespec {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return now
  }

  private func threadTime(since begin: timespec) -> Double {
    let end = clock()
    return Double(end.tv_sec - begin.tv_sec) + Double(end.tv_nsec - begin.tv_nsec) / 1e9
  }
}

private func connectBlocking(to endpoint: Endpoint) -> Int32 {
  guard let address = SocketAddress(endpoint) else { return -1 }
  let number = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
  return address.withPointer { connect(number, $0, $1) } == 0 ? number : -1
}
