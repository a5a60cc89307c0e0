// All system tests run one after the other: they share the rig, and some of them measure seconds and wake-ups.

import Foundation
import Support
import Synchronization
import Testing

@Suite(.serialized, .showingLogs) enum System {}

/// Prints what the relays of a test logged when the test threw.
struct LogTrait: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let logs = Logs()
    do {
      try await Logs.$current.withValue(logs) { try await function() }
    } catch {
      for log in logs.all { print("--- log of a relay in \"\(test.name)\":\n\(log.suffix(20_000))---") }
      throw error
    }
  }
}

extension Trait where Self == LogTrait {
  static var showingLogs: Self { LogTrait() }
}

/// The logs of relays that ended in one test.
final class Logs: Sendable {
  @TaskLocal static var current: Logs?
  private let ended = Mutex<[String]>([])

  var all: [String] { ended.withLock { $0 } }

  func keep(_ log: String) { ended.withLock { $0.append(log) } }
}

/// A domain nobody else's mail arrives at.
func freshDomain() -> String { "d\(UInt64.random(in: 0...UInt64.max)).there.test" }

/// A mailbox nobody else uses.
func freshAddress(_ name: String = "office") -> String { "\(name)\(UInt32.random(in: 0...UInt32.max))@corp.test" }

/// A relay whose entity `acme` is connected to the rig, running.
func connectedRelay(
  to listener: String = "SMTP_TLS", of rig: Rig, as address: String, password: String = "geheim-1"
) async throws -> Relay {
  try await rig.setPassword(of: address, to: password)
  let relay = try Relay()
  try await relay.connect(to: listener, of: rig, as: address, password: password).wentWell()
  try await relay.start()
  return relay
}
