// A process that a test can kill.

import Foundation
import Glibc
import Platform

/// Runs `spool-probe` beside this test binary until it ends or has said enough.
struct Probe {
  let directory: String

  /// - Parameter until: kills it once this many lines have come.
  /// - Returns: its lines, and the signal it died by, if any.
  func run(_ arguments: String..., until lines: Int = .max) async throws -> (lines: [String], signal: Int32?) {
    let process = Process()
    let here = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(fileURLWithPath: here).deletingLastPathComponent().appendingPathComponent("spool-probe")
    process.arguments = [directory] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let pid = process.processIdentifier
    let said = await withCheckedContinuation { continuation in
      startThread(named: "probe") {
        var said = Data()
        var count = 0
        while true {
          let more = pipe.fileHandleForReading.availableData
          if more.isEmpty { break }
          said += more
          count += more.count { $0 == 0x0a }
          if count >= lines { kill(pid, SIGKILL) }
        }
        process.waitUntilExit()
        continuation.resume(returning: String(decoding: said, as: UTF8.self))
      }
    }
    // The last line may be cut short by the death.
    let whole = said.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    return (whole, process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil)
  }
}
