// One `/bin/sh -c` with pipes to its standard input and from its standard error. It leads a process group, so that the
// programs it starts can be ended with it.

import Foundation
import Platform

/// Belongs to one thread, which must ask for its `exitStatus` until it has one.
struct ShellProcess: ~Copyable {
  private let process: ChildProcess
  private var input: Descriptor?
  private let errors: Descriptor
  private var isListening = true

  init(_ line: String, environment: [String: String]) throws(SystemError) {
    let input = try PipeEnds()
    _ = fcntl(input.writing.number, F_SETFL, O_NONBLOCK)
    let errors = try PipeEnds()
    var shell = ChildProgram("/bin/sh", ["/bin/sh", "-c", line], environment: environment, separation: .group)
    shell.input = .descriptor(input.reading.number)
    shell.errors = .descriptor(errors.writing.number)
    process = try shell.start()
    self.input = input.takeWriting()
    self.errors = errors.takeReading()
  }

  /// Writes what the pipe takes, 64 KiB at least, and ends the program's input. Does not wait for the program to read.
  mutating func writeInput(_ octets: ArraySlice<UInt8>) {
    guard let input = input.take() else { return }
    _ = octets.withUnsafeBytes { write(input.number, $0.baseAddress, $0.count) }
  }

  /// What the program writes to standard error within `milliseconds`.
  mutating func readErrors(milliseconds: Int32) -> [UInt8] {
    var waiting = pollfd(fd: isListening ? errors.number : -1, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, milliseconds) > 0 else { return [] }
    return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      let count = read(errors.number, buffer.baseAddress, buffer.count)
      if count == 0 { isListening = false }
      return Array(buffer.prefix(max(0, count)))
    }
  }

  /// What is left in the pipe; a program that the shell left in the background may go on writing.
  mutating func readRemainingErrors() -> [UInt8] {
    var words: [UInt8] = []
    for _ in 0..<32 {
      let piece = readErrors(milliseconds: 0)
      if piece.isEmpty { break }
      words += piece
    }
    return words
  }

  /// How it ended, once it has.
  func exitStatus() -> ExitStatus? { process.exitStatus() }

  /// Kills it and all that it started.
  func kill() { process.killGroup() }
}
