// Runs the administrator's command: JSON on its standard input, a time limit, and the end of its standard error when it
// fails. Blocks the thread that it runs on.

import Foundation
import Synchronization
import Platform

/// How a command failed, with the end of what it wrote to standard error.
struct AlertFailure: Error, Equatable {
  enum Reason: Equatable {
    case exited(Int32)
    case signaled(Int32)
    /// It exceeded the time limit and was killed with its process group.
    case tookTooLong
    /// The relay is stopping.
    case cancelled
    case notStarted(errno: Int32)
  }

  let reason: Reason
  var words = ""
}

struct AlertCommand: Sendable {
  /// For `/bin/sh -c`.
  let line: String
  let limit: Duration
  /// The relay's own, without the variables that tell where its key is and how to reach systemd.
  let environment: [String: String]

  private let now: @Sendable () -> ContinuousClock.Instant

  private static let wordsLimit = 500
  /// A pipe that nobody reads takes more than this; an alert is much shorter.
  private static let inputLimit = 32 << 10

  init(
    _ line: String, limit: Duration = .seconds(30),
    environment: [String: String] = ProcessInfo.processInfo.environment,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.line = line
    self.limit = limit
    self.now = now
    self.environment = environment.filter { !["CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"].contains($0.key) }
  }

  /// Returns when the command has ended. Cancelling the task kills it.
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
    let deadline = now() + limit
    var process: ShellProcess
    do throws(SystemError) { process = try ShellProcess(line, environment: environment) } catch {
      return AlertFailure(reason: .notStarted(errno: error.code))
    }
    process.writeInput(input.prefix(Self.inputLimit))
    var words: [UInt8] = []
    var killed: AlertFailure.Reason?
    while true {
      words = Array((words + process.readErrors(milliseconds: 50)).suffix(Self.wordsLimit))
      if let status = process.exitStatus() {
        words = Array((words + process.readRemainingErrors()).suffix(Self.wordsLimit))
        let reason = killed ?? AlertFailure.Reason(status)
        return reason == .exited(0) ? nil : AlertFailure(reason: reason, words: Self.readable(words))
      }
      if killed != nil { continue }
      if isCancelled.isRaised { killed = .cancelled }
      if now() >= deadline { killed = .tookTooLong }
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

extension AlertFailure.Reason: CustomStringConvertible {
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
