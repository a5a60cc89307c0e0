// One `/bin/sh -c` with pipes to its standard input and from its standard error. The leader of a process group, so that
// it ends with all it started. Not swift-subprocess: that ends the whole process (fatalError) when an error leaves it with
// a descriptor it has not closed, as the tests of AlertCommand showed; an alert must never end the relay.

import CLinux
import Foundation
import Sockets

struct SpawnError: Error, Equatable {
  let code: Int32
}

/// Belongs to one thread, which must `reap` it.
struct ShellProcess: ~Copyable {
  private let pid: pid_t
  private var input: Descriptor?
  private let errors: Descriptor
  private var isListening = true

  /// Started with every signal at its default, none of our descriptors, and standard output to nowhere.
  init(_ line: String, environment: [String: String]) throws(SpawnError) {
    let input = try PipeEnds()
    _ = fcntl(input.writing.number, F_SETFL, O_NONBLOCK)
    let errors = try PipeEnds()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.reading.number, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, errors.writing.number, 2)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    pid = try Self.spawn(line, environment.map { "\($0.key)=\($0.value)" }, &actions)
    self.input = input.takeWriting()
    self.errors = errors.takeReading()
  }

  private static func spawn(
    _ line: String, _ environment: [String], _ actions: inout posix_spawn_file_actions_t
  ) throws(SpawnError) -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var pid = pid_t()
    let code = withWords(["/bin/sh", "-c", line]) { arguments in
      withWords(environment) { posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, $0) }
    }
    if code != 0 { throw SpawnError(code: code) }
    return pid
  }

  /// Writes what the pipe takes, 64 KiB at least, and ends its input. Nobody may be reading.
  mutating func hear(_ octets: ArraySlice<UInt8>) {
    guard let input = input.take() else { return }
    _ = octets.withUnsafeBytes { write(input.number, $0.baseAddress, $0.count) }
  }

  /// What it says on standard error within `milliseconds`.
  mutating func listen(milliseconds: Int32) -> [UInt8] {
    var waiting = pollfd(fd: isListening ? errors.number : -1, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, milliseconds) > 0 else { return [] }
    return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      let count = read(errors.number, buffer.baseAddress, buffer.count)
      if count == 0 { isListening = false }
      return Array(buffer.prefix(max(0, count)))
    }
  }

  /// What is still in the pipe; a child that goes on in the background may be writing more.
  mutating func listenToTheEnd() -> [UInt8] {
    var words: [UInt8] = []
    for _ in 0..<32 {
      let piece = listen(milliseconds: 0)
      if piece.isEmpty { break }
      words += piece
    }
    return words
  }

  /// The `waitpid` status once it has ended.
  func reap() -> Int32? {
    var status: Int32 = 0
    return waitpid(pid, &status, WNOHANG) == pid ? status : nil
  }

  /// Ends it and its process group. Its number is nobody else's before it is reaped.
  func kill() { Foundation.kill(-pid, SIGKILL) }
}

/// A pipe, closed in every program we start.
private struct PipeEnds: ~Copyable {
  let reading: Descriptor
  let writing: Descriptor

  init() throws(SpawnError) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SpawnError(code: errno) }
    reading = Descriptor(owning: ends[0])
    writing = Descriptor(owning: ends[1])
  }

  /// Closes the other.
  consuming func takeReading() -> Descriptor { reading }

  /// Closes the other.
  consuming func takeWriting() -> Descriptor { writing }
}

/// Lends `words` as C wants them: an array that ends with NULL.
private func withWords<Result>(
  _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = words.map { strdup($0) } + [nil]
  defer { for copy in copies { free(copy) } }
  return copies.withUnsafeBufferPointer { body($0.baseAddress!) }  // Not empty: it ends with NULL.
}
