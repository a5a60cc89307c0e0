// Processes that the benchmark starts, and the promise that it ends them: also when somebody presses Ctrl-C.

import Foundation
import Glibc
import Synchronization

enum Child {
  /// What must be ended before this process ends.
  private static let living = Mutex<Set<pid_t>>([])

  /// Runs `arguments` (the first is a path) and returns its pid.
  ///
  /// - Parameters:
  ///   - environment: beside this process's own.
  ///   - log: a file that gets what it prints, behind what is there.
  static func start(_ arguments: [String], environment: [String: String] = [:], log: String) throws -> pid_t {
    let pid = try spawn(arguments, environment: environment, log: log)
    keep(pid)
    return pid
  }

  /// A process that somebody else started for us, such as Postfix's master.
  static func keep(_ pid: pid_t) { living.withLock { _ = $0.insert(pid) } }

  /// Runs it to its end. Throws with all it printed unless it ended well.
  static func run(_ arguments: [String], environment: [String: String] = [:], log: String) throws {
    let pid = try spawn(arguments, environment: environment, log: log)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    guard status == 0 else {
      let printed = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      throw Failure("\(arguments.joined(separator: " ")) failed:\n\(printed.suffix(2000))")
    }
  }

  /// SIGTERM, and SIGKILL if that is not enough; returns when the process is gone.
  static func end(_ pid: pid_t, within seconds: Double = 15) {
    kill(pid, SIGTERM)
    let patience = now() + UInt64.seconds(seconds)
    while isAlive(pid), now() < patience { usleep(10_000) }
    if isAlive(pid) {
      kill(pid, SIGKILL)
      while isAlive(pid) { usleep(10_000) }
    }
    living.withLock { _ = $0.remove(pid) }
  }

  /// Also takes the exit of a child of ours.
  static func isAlive(_ pid: pid_t) -> Bool {
    var status: Int32 = 0
    let ended = waitpid(pid, &status, WNOHANG)
    if ended == pid { return false }
    // Its first thread may look ended while another still writes to the disk, and holds what the process had locked.
    if ended == 0 { return true }
    // What is no child of ours may wait for whoever is to reap it: it is gone all the same.
    let state = ProcFile.text("/proc/\(pid)/stat")
    return state.map { !$0.contains(") Z ") } ?? false
  }

  /// From now on SIGINT and SIGTERM end all children and remove `directory` before this process ends.
  static func endAllWhenInterrupted(removing directory: String) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    Thread.detachNewThread {
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGINT)
      sigaddset(&signals, SIGTERM)
      var signal: Int32 = 0
      sigwait(&signals, &signal)
      for pid in living.withLock({ $0 }) { end(pid, within: 5) }
      try? FileManager.default.removeItem(atPath: directory)
      exit(128 + signal)
    }
  }

  private static func spawn(_ arguments: [String], environment: [String: String], log: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = attributes()
    defer { posix_spawnattr_destroy(&attributes) }
    let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var words = arguments.map { strdup($0) } + [nil]
    var settings = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + settings { free(pointer) } }
    var pid: pid_t = 0
    let failure = posix_spawn(&pid, arguments[0], &actions, &attributes, &words, &settings)
    guard failure == 0 else { throw Failure("Cannot run \(arguments[0]): \(String(cString: strerror(failure)))") }
    return pid
  }

  /// A group of its own, so that Ctrl-C reaches us alone; and signals as they are for every new program.
  private static func attributes() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))
    return attributes
  }
}
