// Sockets that a service manager has opened: how they are told of, found and shared.

import CLinux
import Glibc
import Platform
import Support
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(1))) struct `Sockets that the service manager hands over` {
  @Test(
    arguments: [
      (("7", "2", "smtp:submit"), ["smtp", "submit"]),
      (("7", "2", "smtp:smtp"), ["smtp", "smtp"]),
      (("7", "2", nil), ["unknown", "unknown"]),
      (("7", "2", "smtp"), ["smtp", "unknown"]),
      (("7", "1", "smtp:submit"), ["smtp"]),
      (("7", "2", ":submit"), ["unknown", "submit"]),
      (("8", "2", "smtp:submit"), []),  // meant for the process that has started this one
      ((nil, "2", "smtp:submit"), []),
      (("7", nil, "smtp"), []),
      (("7", "0", ""), []),
      (("7", "-1", "smtp"), []),
      (("7", "many", "smtp"), []),
      (("7", "2000000000", "smtp"), []),
    ] as [((String?, String?, String?), [String])])
  func `are numbered from 3 on, and named`(variables: (String?, String?, String?), names: [String]) {
    let handed = HandedDescriptor.all(
      process: variables.0, count: variables.1, names: variables.2, ownProcess: 7)
    #expect(handed.map(\.name) == names)
    #expect(handed.map(\.number) == (0..<Int32(names.count)).map { 3 + $0 })
  }

  @Test func `are found by name or by the address they listen on`() throws {
    let (first, second, third) = (try BoundSocket(), try BoundSocket(), try BoundSocket())
    let inherited = InheritedSockets([first.handed("smtp"), second.handed("smtp"), third.handed("submit")])
    #expect(inherited.faults == [])
    #expect(try endpoints(at: "systemd:smtp", inherited) == [first.endpoint, second.endpoint])
    #expect(try endpoints(at: "systemd:submit", inherited) == [third.endpoint])
    #expect(try endpoints(at: "\(second.endpoint)", inherited) == [second.endpoint])
    #expect(throws: ListenError.notHandedOver("other")) { try endpoints(at: "systemd:other", inherited) }
    #expect(try endpoints(at: "127.0.0.1:0", inherited).count == 1)
  }

  @Test func `may have a path, which stays`() throws {
    let directory = try TemporaryDirectory()
    let socket = try BoundSocket(path: directory.path("door"))
    let listener = try #require(
      try Listener.opened(at: directory.path("door"), inheriting: InheritedSockets([socket.handed("smtp")])).first)
    #expect("\(listener.endpoint)" == directory.path("door"))
    listener.close()
    #expect(access(directory.path("door"), F_OK) == 0)
  }

  @Test func `that nobody can listen on are told, and left alone`() throws {
    let pipe = try PipeEnds()
    let inherited = InheritedSockets([
      HandedDescriptor(number: pipe.reading.number, name: "pipe"), HandedDescriptor(number: -1, name: "closed"),
    ])
    #expect(inherited.all.isEmpty)
    #expect(inherited.faults.count == 1 && inherited.faults[0].contains("(pipe)"))
    #expect(fcntl(pipe.reading.number, F_GETFD) == FD_CLOEXEC)
  }

  @Test func `lose nobody who connects while no listener accepts, and serve one listener after the other`() async throws
  {
    try await onLoop { loop in
      let socket = try BoundSocket()
      let inherited = InheritedSockets([socket.handed("smtp")])
      for _ in 0..<3 {
        let listener = try #require(try Listener.opened(at: "systemd:smtp", inheriting: inherited).first)
        let first = try await Dialer().connect(to: [socket.endpoint], on: loop, until: soon())
        #expect(try await listener.accept(on: loop).peer == first.local)
        let second = try await Dialer().connect(to: [socket.endpoint], on: loop, until: soon())
        listener.close()
        await #expect(throws: ConnectionError.cancelled) { _ = try await listener.accept(on: loop).peer }
        let next = try #require(try Listener.opened(at: "systemd:smtp", inheriting: inherited).first)
        #expect(try await next.accept(on: loop).peer == second.local)
        next.close()
      }
    }
  }

  @Test func `end the wait of a listener that closes`() async throws {
    try await onLoop { loop in
      let inherited = InheritedSockets([try BoundSocket().handed("smtp")])
      let listener = try #require(try Listener.opened(at: "systemd:smtp", inheriting: inherited).first)
      let accepting = loop.start {
        await #expect(throws: ConnectionError.cancelled) { _ = try await listener.accept(on: loop).peer }
      }
      await loop.untilWaiting()
      listener.close()
      await accepting.value
    }
  }

  private func endpoints(at address: String, _ inherited: InheritedSockets) throws -> [Endpoint] {
    try Listener.opened(at: address, inheriting: inherited).map(\.endpoint)
  }
}

/// A socket as systemd makes it. Whoever it is handed to closes it.
private struct BoundSocket {
  let number: Int32
  let endpoint: Endpoint

  init(path: String? = nil) throws {
    let address = path.map { SocketAddress(path: $0) } ?? SocketAddress(Endpoint(host: "127.0.0.1", port: 0))
    let wanted = try #require(address)
    let number = socket(wanted.family, Int32(SOCK_STREAM.rawValue), 0)
    try #require(wanted.withPointer { bind(number, $0, $1) } == 0 && listen(number, 16) == 0)
    self.number = number
    endpoint = Endpoint(localOf: number)
  }

  func handed(_ name: String) -> HandedDescriptor { HandedDescriptor(number: number, name: name) }
}
