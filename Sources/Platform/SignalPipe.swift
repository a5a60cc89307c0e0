// Signals of this process, each with the kernel's word on who has sent it.
//
// A handler that writes into a pipe, and not a signalfd: that gets only what every thread of the process blocks, and
// libdispatch lets the main thread wait for good with nothing blocked.
import CLinux
import Glibc

package struct CaughtSignal: Equatable, Sendable {
  package struct Sender: Equatable, Sendable {
    package let uid: UInt32
    /// `nil`: the process is outside of this container.
    package let pid: Int32?

    package init(uid: UInt32, pid: Int32?) {
      self.uid = uid
      self.pid = pid
    }
  }

  package let number: Int32
  /// `nil`: the kernel itself, as when somebody types Ctrl-C.
  package let sender: Sender?

  package init(number: Int32, sender: Sender?) {
    self.number = number
    self.sender = sender
  }
}

/// To be made once in a process. Programs that it starts have these signals at their default.
package struct SignalPipe: Sendable {
  /// To be watched; it stays open.
  package let descriptor: Int32

  package init(of numbers: [Int32]) {
    var ends: [Int32] = [-1, -1]
    precondition(pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0, "no descriptors left for a pipe")
    descriptor = ends[0]
    for number in numbers { CLinux_catch_signal(number, ends[1]) }
  }

  /// - Returns: `nil` when no more have come.
  package func next() -> CaughtSignal? {
    var note = CLinux_signal()
    let size = MemoryLayout<CLinux_signal>.size
    // A pipe takes all of so short a note, or nothing of it.
    guard read(descriptor, &note, size) == size else { return nil }
    let pid = note.sender > 0 ? note.sender : nil
    return CaughtSignal(number: note.number, sender: note.code > 0 ? nil : .init(uid: note.user, pid: pid))
  }
}
