// Signals with their senders.

import Foundation
import Platform
import Testing

@Suite(.timeLimit(.minutes(1))) struct SignalPipeTests {
  /// One that nobody else in this process uses.
  @Test func `a signal comes with its sender, and this process goes on`() async throws {
    let pipe = SignalPipe(of: [SIGUSR2])
    #expect(pipe.next() == nil)
    kill(getpid(), SIGUSR2)
    let own = try await next(of: pipe)
    #expect(own == CaughtSignal(number: SIGUSR2, sender: .init(uid: getuid(), pid: getpid())))
    var child = ChildProgram(
      "/bin/sh", ["sh", "-c", "kill -USR2 \(getpid()); kill -USR2 $$; exit 0"], environment: [:], separation: .group)
    child.errors = .nothing
    let ending = try child.start().wait()
    let other = try await next(of: pipe)
    #expect(other.sender?.uid == getuid() && other.sender?.pid != getpid() && other.sender?.pid != nil)
    #expect(ending == .signaled(SIGUSR2), "what this process starts has the signal at its default")
  }

  private func next(of pipe: SignalPipe) async throws -> CaughtSignal {
    var signal: CaughtSignal?
    await until {
      signal = pipe.next()
      return signal != nil
    }
    return try #require(signal)
  }

  @Test func `the program of a process is named as long as it is there`() {
    #expect(OtherProcess.program(of: getpid())?.isEmpty == false)
    #expect(OtherProcess.program(of: 0x3FFF_FFFF) == nil)
  }
}
