// Starting another program, by posix_spawn: with nothing of ours that is not handed over. Not by a library: the one at hand
// ends the whole process when an error leaves it with a descriptor it has not closed, which must never happen to a relay.
import CLinux
import Glibc

package struct SpawnError: Error, Equatable {
  /// errno's kind.
  package let code: Int32

  package var words: String { String(cString: strerror(code)) }
}

/// A program to be started.
package struct ChildProgram {
  package enum Stream {
    case nothing
    /// Ours.
    case inherited
    /// The number of an open descriptor.
    case descriptor(Int32)
  }

  /// How it stands apart from us.
  package enum Apart {
    /// The leader of a process group: it can be ended with all that it started.
    case group
    /// The leader of a session: what ends ours, or our terminal, does not reach it.
    case session
  }

  package var path: String
  /// The first is its own name.
  package var words: [String]
  package var environment: [String: String]
  package var input = Stream.nothing
  package var output = Stream.nothing
  package var errors = Stream.inherited
  package var apart: Apart

  package init(_ path: String, _ words: [String], environment: [String: String], apart: Apart) {
    self.path = path
    self.words = words
    self.environment = environment
    self.apart = apart
  }

  /// Starts it with every signal at its default, and no descriptor but these three.
  ///
  /// - Returns: its process id, which the caller must wait for.
  package func start() throws(SpawnError) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in [input, output, errors].enumerated() {
      switch stream {
      case .nothing: posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", O_RDWR, 0)
      case .inherited: break
      case .descriptor(let ours): posix_spawn_file_actions_adddup2(&actions, ours, Int32(number))
      }
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    return try start(&actions)
  }

  private func start(_ actions: inout posix_spawn_file_actions_t) throws(SpawnError) -> Int32 {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let place = apart == .session ? CLINUX_POSIX_SPAWN_SETSID : Int16(POSIX_SPAWN_SETPGROUP)
    posix_spawnattr_setflags(&attributes, place | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var pid = pid_t()
    let code = withCStrings(words) { arguments in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) {
        posix_spawn(&pid, path, &actions, &attributes, arguments, $0)
      }
    }
    if code != 0 { throw SpawnError(code: code) }
    return pid
  }
}

/// A pipe, closed in every program we start but for the end that is handed over.
package struct PipeEnds: ~Copyable {
  package let reading: Descriptor
  package let writing: Descriptor

  package init() throws(SpawnError) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SpawnError(code: errno) }
    reading = Descriptor(owning: ends[0])
    writing = Descriptor(owning: ends[1])
  }

  /// Closes the other.
  package consuming func takeReading() -> Descriptor { reading }

  /// Closes the other.
  package consuming func takeWriting() -> Descriptor { writing }
}

/// Lends `words` as C wants them: an array that ends with NULL.
private func withCStrings<Result>(
  _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = words.map { strdup($0) } + [nil]
  defer { for copy in copies { free(copy) } }
  return copies.withUnsafeBufferPointer { body($0.baseAddress!) }  // Not empty: it ends with NULL.
}
