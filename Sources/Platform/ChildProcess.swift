// A process that this process has started and must wait for.
import Glibc

/// How a process ended.
package enum ExitStatus: Equatable, Sendable {
  case exited(Int32)
  case signaled(Int32)

  /// - Parameter status: as `waitpid` tells it.
  init(waitStatus status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited(status >> 8 & 0xFF) : .signaled(signal)
  }
}

/// Its process id is not given to another process before it has been waited for.
package struct ChildProcess: ~Copyable {
  private let id: pid_t

  init(id: pid_t) { self.id = id }

  /// How it ended, once it has; `nil` while it runs.
  package func exitStatus() -> ExitStatus? {
    var status: Int32 = 0
    return waitpid(id, &status, WNOHANG) == id ? ExitStatus(waitStatus: status) : nil
  }

  /// Blocks until it has ended. `nil` when there is no such child any more.
  package func wait() -> ExitStatus? {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 { if errno != EINTR { return nil } }
    return ExitStatus(waitStatus: status)
  }

  package func kill() { Glibc.kill(id, SIGKILL) }

  /// Kills it and all programs that it started, if it leads a process group or a session.
  package func killGroup() { Glibc.kill(-id, SIGKILL) }
}
