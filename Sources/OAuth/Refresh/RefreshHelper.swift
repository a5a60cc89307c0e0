// The parent's side of the helper: starts it, listens to it, waits no longer than it may live.

import FoundationEssentials
import Glibc
package import Logging
import Platform

/// The program that refreshes a sign-in in a session of its own: `PROGRAM ARGUMENTS… STATE-DIRECTORY ENTITY GENERATION`.
/// No secret is in its arguments; it opens the state as this process does.
package struct RefreshHelper: Sendable {
  /// Lock, request and saving, all in all; ``RefreshChild`` keeps to it by an alarm of the kernel's.
  static let lifetime = Duration.seconds(150)

  private let program: String
  private let arguments: [String]
  private let proxy: String?
  let log: Logger?

  /// - Parameters:
  ///   - program: by default this very program, also when its file was replaced or removed by an upgrade: the link leads
  ///     to the file that runs, so that both sides are always of one version.
  ///   - proxy: of the configuration. The helper finds it in its environment, which only its own user can read.
  package init(
    _ program: String = "/proc/self/exe", arguments: [String] = ["refresh-token"], proxy: String? = nil,
    log: Logger? = nil
  ) {
    self.proxy = proxy
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

  private var environment: [String: String] {
    ProcessInfo.processInfo.environment.merging(proxy.map { ["https_proxy": $0] } ?? [:]) { $1 }
  }

  /// Does not end with the caller's task: what the helper says may be the only copy of a token.
  func run(_ state: String, _ entity: String, _ generation: Int64) async throws(Failure) -> RefreshReport {
    let words = [program] + arguments + [state, entity, "\(generation)"]
    // A thread of its own, because it blocks for as long as a token endpoint takes.
    return try await Worker(name: "refresh").run { () throws(Failure) in
      let child = try Child(program, words, environment)
      let (output, isWhole) = child.output(until: .now + Self.lifetime + .seconds(10))
      let end = child.end(byForce: !isWhole)
      guard let report = try? JSONDecoder().decode(RefreshReport.self, from: Data(output)) else { throw .silent(end) }
      return report
    }
  }
}

/// The helper's process, in a session of its own, and the reading end of its standard output.
private struct Child: ~Copyable {
  private let process: ChildProcess
  private let pipe: Descriptor

  init(_ path: String, _ words: [String], _ environment: [String: String]) throws(RefreshHelper.Failure) {
    do throws(SystemError) {
      let pipe = try PipeEnds()
      var program = ChildProgram(path, words, environment: environment, separation: .session)
      program.output = .descriptor(pipe.writing.number)
      process = try program.start()
      self.pipe = pipe.takeReading()
    } catch {
      throw .notStarted("\(error)")
    }
  }

  /// - Returns: what it wrote, and whether it wrote to the end, in time and within bounds.
  func output(until deadline: ContinuousClock.Instant) -> ([UInt8], isWhole: Bool) {
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while output.count <= RefreshReport.largest {
      let rest = max(0, (deadline - .now) / .milliseconds(1))
      var waiting = pollfd(fd: pipe.number, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, Int32(rest.rounded(.up)))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return (output, false) }
      let count = read(pipe.number, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return (output, count == 0) }
      output += piece.prefix(count)
    }
    return (output, false)
  }

  /// Waits for its end. A child that overstays was stopped by somebody, or its alarm would have ended it.
  func end(byForce: Bool) -> String {
    if byForce { process.kill() }
    return switch process.wait() {
    case .exited(let code): "the helper that renews the sign-in ended with code \(code) and no answer"
    case .signaled(let signal): "the helper that renews the sign-in was ended by signal \(signal)"
    case nil: "the helper that renews the sign-in is gone"
    }
  }
}
