import Synchronization
import Platform
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(1))) struct ResolverTests {
  @Test(arguments: ["127.0.0.1", "::1", "192.0.2.7", "2001:db8::1"])
  func `a numeric host is its own answer, without asking anybody`(host: String) async throws {
    let resolver = Resolver { _ in
      Issue.record("asked for \(host)")
      return .failure(.notFound)
    }
    try await onLoop { loop in
      let found = try await resolver.addresses(of: host, port: 25, on: loop, until: soon())
      #expect(found == [Endpoint(host: host, port: 25)])
    }
  }

  @Test func `localhost is found by the system's means`() async throws {
    try await onLoop { loop in
      let found = try await Resolver().addresses(of: "localhost", port: 25, on: loop, until: soon())
      #expect(found.contains(Endpoint(host: "127.0.0.1", port: 25)) || found.contains(Endpoint(host: "::1", port: 25)))
    }
  }

  @Test func `an answer that came before anybody waited for it is not lost`() async throws {
    try await onLoop { loop in
      let slot = Slot(in: loop)
      defer { slot.release() }
      loop.wake(slot.key, .ready)
      await loop.yield()  // The loop handles what others ask of it before it resumes this task.
      #expect(await slot.wait(for: .read, until: soon()) == .ready)
      #expect(await slot.wait(for: .read, until: soon(0.01)) == .timedOut)
    }
  }

  @Test func `a look-up that hangs stalls nobody else, and its asker no longer than it wants`() async throws {
    let gate = Gate()
    let resolver = Resolver(threads: 2) { host in
      if host == "hangs.example" { gate.wait() }
      return .success(["192.0.2.1", "2001:db8::1"])
    }
    try await onLoop { loop in
      async let hanging = resolver.addresses(of: "hangs.example", port: 25, on: loop, until: soon(0.1))
      for number in 0..<20 {
        let found = try await resolver.addresses(of: "host\(number).example", port: 25, on: loop, until: soon())
        #expect(found == [Endpoint(host: "192.0.2.1", port: 25), Endpoint(host: "2001:db8::1", port: 25)])
      }
      do {
        _ = try await hanging
        Issue.record("an answer out of nothing")
      } catch { #expect(error as? ResolveError == .timedOut) }
      gate.open()
    }
  }

  @Test func `a name that hangs takes one thread, however many ask for it`() async throws {
    let gate = Gate()
    let asked = Atomic<Int>(0)
    let resolver = Resolver(threads: 2) { host in
      if host == "hangs.example" {
        asked.add(1, ordering: .relaxed)
        gate.wait()
      }
      return .success(["192.0.2.1"])
    }
    try await onLoop { loop in
      try await withThrowingDiscardingTaskGroup { group in
        for _ in 0..<10 {
          group.addTask {
            let found = try await resolver.addresses(of: "hangs.example", port: 25, on: loop, until: soon())
            #expect(found.count == 1)
          }
        }
        group.addTask {
          _ = try await resolver.addresses(of: "other.example", port: 25, on: loop, until: soon())
          gate.open()
        }
      }
    }
    #expect(asked.load(ordering: .relaxed) == 1)
  }

  @Test func `when every thread hangs, further names time out without more threads`() async throws {
    let gate = Gate()
    let resolver = Resolver(threads: 2) { _ in
      gate.wait()
      return .success(["192.0.2.1"])
    }
    try await onLoop { loop in
      await withDiscardingTaskGroup { group in
        for number in 0..<5 {
          group.addTask {
            await #expect(throws: ResolveError.timedOut) {
              try await resolver.addresses(of: "host\(number).example", port: 25, on: loop, until: soon(0.1))
            }
          }
        }
      }
      gate.open()
      let found = try await resolver.addresses(of: "late.example", port: 25, on: loop, until: soon())
      #expect(found.count == 1)
    }
  }

  @Test(arguments: [.notFound, .noAddress, .temporary("try again")] as [ResolveError])
  func `what the system says is what the asker is told`(error: ResolveError) async throws {
    let resolver = Resolver { _ in .failure(error) }
    try await onLoop { loop in
      await #expect(throws: error) {
        try await resolver.addresses(of: "host.example", port: 25, on: loop, until: soon())
      }
    }
  }

  @Test func `an asker whose task is cancelled stops waiting`() async throws {
    let gate = Gate()
    let resolver = Resolver { _ in
      gate.wait()
      return .failure(.notFound)
    }
    try await onLoop { loop in
      let asking = loop.start {
        await #expect(throws: ResolveError.cancelled) {
          try await resolver.addresses(of: "host.example", port: 25, on: loop, until: soon(60))
        }
      }
      await loop.untilWaiting()
      asking.cancel()
      await asking.value
      gate.open()
    }
  }
}

/// Holds threads until it is opened.
private final class Gate: Sendable {
  private let isOpen = Monitor(false)

  func open() {
    isOpen.withLock { $0 = true }
    isOpen.broadcast()
  }

  func wait() { isOpen.wait(upTo: nil, while: { !$0 }) { _ in } }
}
