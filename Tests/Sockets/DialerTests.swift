import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(1))) struct DialerTests {
  @Test func `the first address that answers is taken`() async throws {
    try await onLoop { loop in
      let listener = try Listener(address: "127.0.0.1:0")
      let endpoints = [try unusedEndpoint(), listener.endpoint, try unusedEndpoint()]
      let connection = try await Dialer().connect(to: endpoints, on: loop, until: soon())
      #expect(connection.peer == listener.endpoint)
    }
  }

  @Test func `when nobody answers there is one verdict for each address, in order`() async throws {
    try await onLoop { loop in
      let silent = try await SilentEndpoint(on: loop)
      let refusing = try unusedEndpoint()
      let broadcast = Endpoint(host: "255.255.255.255", port: 25)
      let nonsense = Endpoint(host: "mail.example", port: 25)
      let before = loop.deadlines.count
      async let error = failure(to: [refusing, silent.endpoint, broadcast, nonsense], on: loop)
      while loop.deadlines.count < before + 2 { await loop.yield() }  // Each wait has an entry there.
      loop.pass(301)
      guard case .failed(let verdicts) = await error else {
        Issue.record("somebody has answered")
        return
      }
      #expect(verdicts.map(\.endpoint) == [refusing, silent.endpoint, broadcast, nonsense])
      #expect(verdicts.prefix(2).map(\.reason) == [.refused, .timedOut])
      #expect(verdicts.last?.reason == .unreachable(22))  // EINVAL
      guard case .unreachable = verdicts[2].reason else {
        Issue.record("\(verdicts[2]) is no way to anywhere")
        return
      }
    }
  }

  @Test func `an address that does not answer leaves time for the next`() async throws {
    try await onLoop { loop in
      let silent = try await SilentEndpoint(on: loop)
      let listener = try Listener(address: "127.0.0.1:0")
      async let peer = Dialer().connect(to: [silent.endpoint, listener.endpoint], on: loop, until: soon(300)).peer
      await loop.untilWaiting()
      loop.pass(11)
      #expect(try await peer == listener.endpoint)
    }
  }

  @Test func `dialling ends when its task is cancelled`() async throws {
    try await onLoop { loop in
      let silent = try await SilentEndpoint(on: loop)
      let endpoint = silent.endpoint
      let dialling = loop.start {
        await #expect(throws: DialError.cancelled) {
          _ = try await Dialer().connect(to: [endpoint, endpoint], on: loop, until: soon(60)).peer
        }
      }
      await loop.untilWaiting()
      dialling.cancel()
      await dialling.value
    }
  }

  @Test func `nowhere to go is a failure without verdicts`() async throws {
    try await onLoop { loop in
      await #expect(throws: DialError.failed([])) {
        _ = try await Dialer().connect(to: [], on: loop, until: soon()).peer
      }
    }
  }

  private func failure(to endpoints: [Endpoint], on loop: EventLoop) async -> DialError? {
    do throws(DialError) {
      _ = try await Dialer().connect(to: endpoints, on: loop, until: soon(300)).peer
      return nil
    } catch { return error }
  }

  private func unusedEndpoint() throws -> Endpoint { try Listener(address: "127.0.0.1:0").endpoint }
}

/// A port whose backlog is full: the kernel drops whoever comes, as a firewall would.
private struct SilentEndpoint {
  let endpoint: Endpoint
  private let listener: Listener
  private let crowd: [Connection]

  init(on loop: EventLoop) async throws {
    listener = try Listener(address: "127.0.0.1:0", backlog: 0)
    endpoint = listener.endpoint
    crowd = [try await Dialer().connect(to: [endpoint], on: loop, until: soon())]
  }
}
