// The parent's side of the helper: starts it, listens to it, waits no longer than it may live.

import CLinux
import Foundation
import Glibc
package import Logging
import Sockets

/// The program that refreshes a sign-in in a session of its own: `PROGRAM ARGUMENTS… STATE-DIRECTORY ENTITY GENERATION`.
/// No secret is in its arguments or its environment; it opens the state as this process does.
package struct RefreshHelper: Sendable {
  /// Lock, request and saving, all in all; ``RefreshChild`` keeps to it by an alarm of the kernel's.
  static let lifetime = Duration.seconds(150)

  private let program: String
  private let arguments: [String]
  let log: Logger?

  /// - Parameter program: by default this very program, also when its file was replaced or removed by an upgrade: the
  ///   link leads to the file that runs, so that both sides are always of one version.
  package init(_ program: String = "/proc/self/exe", arguments: [String] = ["refresh-token"], log: Logger? = nil) {
    self.log = log
    self.program = program
    self.arguments = arguments
  }

  enum Failure: Error, Equatable {
    /// There is no helper, and nothing has happened.
    case notStarted(String)
    /// It ran, and said nothing that can be read. What it did is unknown.
    case silent(String)
  }

  /// Does not end with the caller's task: what the helper says may be the only copy of a token.
  func run(_ state: String, _ entity: String, _ generation: Int64) async throws(Failure) -> RefreshReport {
    let words = [program] + arguments + [state, entity, "\(generation)"]
    // A thread of its own, because it blocks for as long as a token endpoint takes.
    return try await Worker(name: "refresh").run { () throws(Failure) in
      let child = try Child(program, words)
      let (output, isWhole) = child.output(until: .now + Self.lifetime + .seconds(10))
      let end = child.end(byForce: !isWhole)
      guard let report = try? JSONDecoder().decode(RefreshReport.self, from: Data(output)) else { throw .silent(end) }
      return report
    }
  }
}

/// A process of our own in a session of its own, and the reading end of its standard output.
private struct Child: ~Copyable {
  private let pid: pid_t
  private let pipe: Int32

  init(_ program: String, _ words: [String]) throws(RefreshHelper.Failure) {
    var ends: (Int32, Int32) = (-1, -1)
    let made = withUnsafeMutablePointer(to: &ends) {
      $0.withMemoryRebound(to: Int32.self, capacity: 2) { pipe2($0, O_CLOEXEC) }
    }
    guard made == 0 else { throw .notStarted(String(cString: strerror(errno))) }
    defer { close(ends.1) }
    let (code, pid) = spawn(program, words, output: ends.1)
    guard code == 0 else {
      close(ends.0)
      throw .notStarted(String(cString: strerror(code)))
    }
    self.pid = pid
    pipe = ends.0
  }

  deinit { close(pipe) }

  /// - Returns: what it wrote, and whether it wrote to the end, in time and within bounds.
  func output(until deadline: ContinuousClock.Instant) -> ([UInt8], isWhole: Bool) {
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while output.count <= RefreshReport.largest {
      let rest = max(0, (deadline - .now) / .milliseconds(1))
      var waiting = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, Int32(rest.rounded(.up)))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return (output, false) }
      let count = read(pipe, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return (output, count == 0) }
      output += piece.prefix(count)
    }
    return (output, false)
  }

  /// Waits for its end. A child that overstays was stopped by somebody, or its alarm would have ended it.
  func end(byForce: Bool) -> String {
    if byForce { kill(pid, SIGKILL) }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      if errno != EINTR { return "the helper that renews the sign-in is gone" }
    }
    let signal = status & 0x7F
    return signal == 0
      ? "the helper that renews the sign-in ended with code \(status >> 8 & 0xFF) and no answer"
      : "the helper that renews the sign-in was ended by signal \(signal)"
  }
}

/// Starts `program` with nothing of ours but `output` as its standard output and our standard error.
private func spawn(_ program: String, _ words: [String], output: Int32) -> (code: Int32, pid: pid_t) {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, output, 1)
  posix_spawn_file_actions_addclosefrom_np(&actions, 3)
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  sigemptyset(&none)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setflags(&attributes, CLINUX_POSIX_SPAWN_SETSID | Int16(POSIX_SPAWN_SETSIGMASK))
  let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
  var pid: pid_t = 0
  let code = withCStrings(words) { arguments in
    withCStrings(environment) { posix_spawn(&pid, program, &actions, &attributes, arguments, $0) }
  }
  return (code, pid)
}

/// Lends `texts` as the kernel wants them: a row of pointers that ends with nothing.
private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = texts.map { strdup($0) } + [nil]
  defer { copies.forEach { free($0) } }
  return copies.withUnsafeBufferPointer { body($0.baseAddress!) }
}
