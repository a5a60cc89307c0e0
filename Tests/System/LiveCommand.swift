// A command that talks with a person while it runs: `letterhead connect` prints an address and waits.

import Foundation
import Subprocess
import Support
import Synchronization

/// One running command. It is killed with the test that let go of it.
final class LiveCommand: Sendable {
  private let directory: TemporaryDirectory
  private let command: String
  private let pid: Int32
  private let ended: Task<Int, any Error>

  init(_ program: String, _ arguments: [String]) async throws {
    directory = try TemporaryDirectory()
    command = ([program] + arguments).joined(separator: " ")
    let paths = ["input", "output", "errors"].map(directory.path)
    guard mkfifo(paths[0], 0o600) == 0 else { throw Failure("no FIFO at \(paths[0])") }
    // Opened for both directions the FIFO never ends, and opening it waits for nobody.
    let shell = "exec \"$0\" \"$@\" 0<>'\(paths[0])' >'\(paths[1])' 2>'\(paths[2])'"
    let (pids, begun) = AsyncStream.makeStream(of: Int32.self)
    ended = Task {
      defer { begun.finish() }
      let result = try await Subprocess.run(
        .name("sh"), arguments: Arguments(["-c", shell, program] + arguments), input: .none, output: .discarded,
        error: .discarded
      ) { execution in _ = begun.yield(execution.processIdentifier.value) }
      return code(of: result.terminationStatus)
    }
    guard let pid = await pids.first(where: { _ in true }) else {
      throw Failure("\(command) cannot be run: \(try await ended.value)")
    }
    self.pid = pid
  }

  deinit { Foundation.kill(pid, SIGKILL) }

  var output: String { text("output") }

  /// What it has open now, files and sockets.
  var openFiles: [String] {
    let links = "/proc/\(pid)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: links)) ?? []
    return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(links)/\($0)") }
  }

  /// As the kernel shows them.
  var limits: String { (try? String(contentsOfFile: "/proc/\(pid)/limits", encoding: .utf8)) ?? "" }

  private func text(_ name: String) -> String {
    (try? String(contentsOfFile: directory.path(name), encoding: .utf8)) ?? ""
  }

  /// Waits for a whole line of standard output that `fits`.
  func line(_ what: String, where fits: (Substring) -> Bool) async throws -> String {
    var found: Substring?
    try await eventually("\(what), from \(command)") {
      let whole = output.lastIndex(of: "\n").map { output[..<$0] } ?? ""
      found = whole.split(separator: "\n").first(where: fits)
      guard found != nil || Foundation.kill(pid, 0) == 0 else {
        throw Failure("\(command) ended before it printed \(what):\n\(output)\(text("errors"))")
      }
      return found != nil
    }
    return String(found ?? "")
  }

  /// Waits for an address that stands alone on a line.
  func address() async throws -> String {
    try await line("an address alone on a line") { $0.hasPrefix("http") && URL(string: String($0)) != nil }
  }

  func type(_ line: String) throws {
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: directory.path("input")))
    try handle.write(contentsOf: Data((line + "\n").utf8))
    try handle.close()
  }

  /// Waits for its end.
  func finished(within limit: Duration = .seconds(90)) async throws -> Finished {
    try await eventually("the end of \(command):\n\(output)", within: limit) { Foundation.kill(pid, 0) != 0 }
    return Finished(command: command, status: try await ended.value, output: output, errors: text("errors"))
  }
}
