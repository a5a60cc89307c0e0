// Runs the administrator's command: JSON on its standard input, a time limit, and its last words when it fails.
// Straight-line and blocking, on a thread of its own.

import Foundation
import Synchronization
import System

/// How a command failed, with the end of what it said on standard error.
struct AlertFailure: Error, Equatable {
  enum Ending: Equatable {
    case exited(Int32)
    case signaled(Int32)
    /// It ran into the limit and was killed, with all its process group.
    case tookTooLong
    /// The relay stops.
    case cancelled
    case notStarted(errno: Int32)
  }

  let ending: Ending
  var words = ""
}

struct AlertCommand: Sendable {
  /// For `/bin/sh -c`.
  let line: String
  let limit: Duration
  /// Ours, without where the key lies and how to speak to systemd: those are the relay's affair alone.
  let environment: [String: String]

  private static let wordsLimit = 500
  /// Of a pipe that nobody reads; what is told is far below it.
  private static let inputLimit = 32 << 10

  init(
    _ line: String, limit: Duration = .seconds(30),
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.line = line
    self.limit = limit
    self.environment = environment.filter { !["CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"].contains($0.key) }
  }

  /// Returns when it has ended. Cancelling kills it.
  func run(_ input: [UInt8], on worker: Worker) async throws(AlertFailure) {
    let isCancelled = Flag()
    let failure: AlertFailure? = await withTaskCancellationHandler {
      await worker.run { run(telling: input, isCancelled) }
    } onCancel: {
      isCancelled.raise()
    }
    if let failure { throw failure }
  }

  private func run(telling input: [UInt8], _ isCancelled: Flag) -> AlertFailure? {
    var process: ShellProcess
    do throws(SystemError) { process = try ShellProcess(line, environment: environment) } catch {
      return AlertFailure(ending: .notStarted(errno: error.code))
    }
    process.hear(input.prefix(Self.inputLimit))
    let deadline = ContinuousClock.now + limit
    var words: [UInt8] = []
    var killed: AlertFailure.Ending?
    while true {
      words = Array((words + process.listen(milliseconds: 50)).suffix(Self.wordsLimit))
      if let status = process.exitStatus() {
        words = Array((words + process.listenToTheEnd()).suffix(Self.wordsLimit))
        let ending = killed ?? AlertFailure.Ending(status)
        return ending == .exited(0) ? nil : AlertFailure(ending: ending, words: Self.readable(words))
      }
      if killed != nil { continue }
      if isCancelled.isRaised { killed = .cancelled }
      if ContinuousClock.now >= deadline { killed = .tookTooLong }
      if killed != nil { process.kill() }
    }
  }

  /// On one line.
  private static func readable(_ octets: [UInt8]) -> String {
    String(decoding: octets, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " / ")
  }
}

private final class Flag: Sendable {
  private let raised = Atomic<Bool>(false)
  var isRaised: Bool { raised.load(ordering: .relaxed) }
  func raise() { raised.store(true, ordering: .relaxed) }
}

extension AlertFailure.Ending: CustomStringConvertible {
  fileprivate init(_ status: ExitStatus) {
    switch status {
    case .exited(let code): self = .exited(code)
    case .signaled(let signal): self = .signaled(signal)
    }
  }

  /// For the log.
  var description: String {
    switch self {
    case .exited(let code): "exit status \(code)"
    case .signaled(let signal): "ended by signal \(signal)"
    case .tookTooLong: "it took too long and was killed"
    case .cancelled: "the relay stops"
    case .notStarted(let code): "it cannot be started: \(SystemError(code))"
    }
  }
}
