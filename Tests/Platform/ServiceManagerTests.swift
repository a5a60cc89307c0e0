import Support
import Testing

@testable import Platform

@Suite(.timeLimit(.minutes(2))) struct ServiceManagerTests {
  @Test(arguments: [
    (ServiceNotice.ready, "READY=1"), (.stopping, "STOPPING=1"), (.alive, "WATCHDOG=1"),
    (.reloading(microseconds: 4711), "RELOADING=1\nMONOTONIC_USEC=4711"),
    (.status("Takes mail."), "STATUS=Takes mail."),
    (.status("ends\nREADY=1"), "STATUS=ends\\u{A}READY=1"),  // a provider's words must not become a notice
  ])
  func `a notice is as the protocol has it`(notice: ServiceNotice, text: String) {
    #expect(notice.text == text)
  }

  @Test(arguments: [false, true]) func `all is told at once, by a path or an abstract name`(isAbstract: Bool)
    async throws
  {
    let socket = try NotifySocket(isAbstract: isAbstract)
    let manager = try #require(ServiceManager(socket: socket.place))
    manager.tell(.ready, .status("Takes mail."))
    manager.tell(.alive)
    #expect(try await socket.next() == "READY=1\nSTATUS=Takes mail.")
    #expect(try await socket.next() == "WATCHDOG=1")
  }

  @Test(arguments: [nil, "", "/", "@", "notify", "vsock:2:1", "/" + String(repeating: "x", count: 200)])
  func `where no socket is named, nobody is told`(place: String?) {
    #expect(ServiceManager(socket: place) == nil)
  }

  @Test func `a manager that is gone costs nothing`() throws {
    let manager = try #require(ServiceManager(socket: "/nonexistent/notify"))
    manager.tell(.ready)
  }

  @Test(
    arguments: [
      ("60000000", nil, .seconds(60)), ("60000000", "42", .seconds(60)),
      ("60000000", "43", nil),  // another process is watched
      (nil, nil, nil), ("0", nil, nil), ("-1", nil, nil), ("soon", nil, nil), ("60000000", "x", nil),
    ] as [(String?, String?, Duration?)])
  func `the watchdog waits for the process it names`(microseconds: String?, process: String?, watchdog: Duration?) {
    #expect(
      ServiceManager.watchdog(microseconds: microseconds, process: process, ownProcess: 42) == watchdog)
  }
}
