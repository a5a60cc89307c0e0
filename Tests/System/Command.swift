// Runs a program to its end. For commands of `letterhead`, mail clients, and the rig.

import Subprocess
import Support

/// A program that has ended.
struct Finished: CustomStringConvertible {
  let command: String
  /// The exit code; for a signal its number, negative.
  let status: Int
  let output: String
  let errors: String

  var description: String { "$ \(command)\n\(output)\(errors)(exit \(status))" }

  /// - Throws: `Failure` with all that was printed, unless the program ended well.
  @discardableResult
  func wentWell() throws -> Finished {
    guard status == 0 else { throw Failure("\(self)") }
    return self
  }
}

/// What went wrong in the test's own surroundings, or what did not come true in time.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Runs `program` (a path, or a name on the PATH) with `arguments`, and waits for it.
///
/// - Parameter environment: beside what the tests have themselves.
func run(
  _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = ""
) async throws -> Finished {
  let settings = environment.map { "\($0.key)=\($0.value)" }
  let result = try await Subprocess.run(
    .name("env"), arguments: Arguments(settings + [program] + arguments), input: .string(input),
    output: .string(limit: 4 << 20), error: .string(limit: 4 << 20))
  return Finished(
    command: ([program] + arguments).joined(separator: " "), status: code(of: result.terminationStatus),
    output: result.standardOutput, errors: result.standardError)
}

func code(of status: TerminationStatus) -> Int {
  switch status {
  case .exited(let code): Int(code)
  case .signaled(let signal): -Int(signal)
  }
}

/// Looks until `condition` holds.
///
/// - Throws: `Failure` naming `what` when the time is over.
func eventually(
  _ what: String, within limit: Duration = .seconds(90), every pause: Duration = .milliseconds(50),
  _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw Failure("not within \(limit): \(what)") }
    try await Task.sleep(for: pause)
  }
}
