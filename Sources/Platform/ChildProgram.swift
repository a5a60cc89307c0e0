// Starting another program by posix_spawn. It inherits only the descriptors that are handed over. No library is used: the one
// at hand ends the whole process when an error leaves a descriptor open, which must never happen to a relay.
import CLinux
import Glibc

/// A program that can be started.
package struct ChildProgram {
  package enum Stream {
    case nothing
    /// This process's own stream.
    case inherited
    /// The number of an open descriptor of this process.
    case descriptor(Int32)
  }

  /// How the program is separated from this process.
  package enum Separation {
    /// It leads a process group: it can be killed together with all programs that it started.
    case group
    /// It leads a session: what ends this process or its terminal does not reach the program.
    case session
  }

  package var path: String
  /// The first argument is the program's own name.
  package var arguments: [String]
  package var environment: [String: String]
  package var input = Stream.nothing
  package var output = Stream.nothing
  package var errors = Stream.inherited
  package var separation: Separation

  package init(_ path: String, _ arguments: [String], environment: [String: String], separation: Separation) {
    self.path = path
    self.arguments = arguments
    self.environment = environment
    self.separation = separation
  }

  /// Starts the program with every signal at its default, and no descriptor but these three.
  ///
  /// - Returns: the process, which the caller must wait for.
  package func start() throws(SystemError) -> ChildProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in [input, output, errors].enumerated() {
      switch stream {
      case .nothing: posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", O_RDWR, 0)
      case .inherited: break
      case .descriptor(let own): posix_spawn_file_actions_adddup2(&actions, own, Int32(number))
      }
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    return try start(&actions)
  }

  private func start(_ actions: inout posix_spawn_file_actions_t) throws(SystemError) -> ChildProcess {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let separating = separation == .session ? CLINUX_POSIX_SPAWN_SETSID : Int16(POSIX_SPAWN_SETPGROUP)
    posix_spawnattr_setflags(&attributes, separating | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var pid = pid_t()
    let code = withCStrings(arguments) { arguments in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) {
        posix_spawn(&pid, path, &actions, &attributes, arguments, $0)
      }
    }
    if code != 0 { throw SystemError(code) }
    return ChildProcess(id: pid)
  }
}

/// Lends `words` as C wants them: an array that ends with NULL.
private func withCStrings<Result>(
  _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = words.map { strdup($0) } + [nil]
  defer { for copy in copies { free(copy) } }
  return copies.withUnsafeBufferPointer { body($0.baseAddress!) }  // Not empty: it ends with NULL.
}
