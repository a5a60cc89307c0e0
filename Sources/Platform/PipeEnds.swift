// A pipe between this process and a program that it starts.
import CLinux
import Glibc

/// The two ends of a pipe. Programs that this process starts inherit neither, except the end that is handed over to them.
package struct PipeEnds: ~Copyable {
  package let reading: Descriptor
  package let writing: Descriptor

  package init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemError() }
    reading = Descriptor(owning: ends[0])
    writing = Descriptor(owning: ends[1])
  }

  /// Closes the writing end.
  package consuming func takeReading() -> Descriptor { reading }

  /// Closes the reading end.
  package consuming func takeWriting() -> Descriptor { writing }
}
