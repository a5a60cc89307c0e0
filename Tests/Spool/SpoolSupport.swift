// What the tests of the spool share: a spool in a directory of its own, messages, outcomes, the probe.

import Dispatch
import FoundationEssentials
import Glibc
import Logging
import Message
import SMTP
import Synchronization
import System
import Testing

@testable import Spool

let quiet = Logger(label: "spool tests") { _ in SwiftLogNoOpLogHandler() }

/// A directory that is gone afterwards.
func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  var template = Array("/tmp/letterhead-spool-XXXXXX".utf8CString)
  let path = String(cString: try #require(mkdtemp(&template)))
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(path)
}

/// A spool owned for the length of `body`.
func withSpool(
  now: @escaping @Sendable () -> Date = { Date() }, _ body: (Spool) async throws -> Void
) async throws {
  try await withDirectory { directory in
    let spool = try Spool.own(directory: directory, minimumFree: 0, log: quiet, now: now)
    do {
      try await body(spool)
    } catch {
      await spool.close()
      throw error
    }
    await spool.close()
  }
}

/// A clock that stands until it is set.
final class HandClock: Sendable {
  private let time: Mutex<Date>

  init(_ time: Date = Date(timeIntervalSince1970: 1_800_000_000)) { self.time = Mutex(time) }

  var now: Date { time.withLock { $0 } }
  func advance(by seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

let ada = Address(localPart: "ada", domain: "example.org")
let bob = Address(localPart: "bob", domain: "example.org")

func message(
  _ text: String = "x", to recipients: [Address] = [ada], entity: String = "acme", octets: Int = 0
) -> NewMessage {
  let bytes = Array("Subject: \(text)\r\n\r\nbody of \(text)\r\n".utf8)
  return NewMessage(
    entity: entity,
    envelope: Envelope(sender: Address(localPart: "erp", domain: "localhost"), recipients: recipients),
    content: .octets(bytes + [UInt8](repeating: 0x61, count: max(octets - bytes.count, 0))),
    client: "127.0.0.1 (erp)")
}

extension Settlement {
  /// The same for all who wait.
  static func all(_ message: SpooledMessage, _ outcome: RecipientOutcome, due: Date? = nil) -> Settlement {
    Settlement(recipients: message.envelope.recipients.map { ($0, outcome) }, due: due)
  }
}

extension Spool {
  /// Claims until `count` have come.
  func take(_ count: Int, of entity: String = "acme") async -> [SpooledMessage] {
    var taken: [SpooledMessage] = []
    while taken.count < count {
      let more = await claim(entity, atMost: count - taken.count)
      if more.isEmpty { break }
      taken += more
    }
    return taken
  }

  /// Everything settled so far is on disk.
  func flush() async throws {
    try await change { (_, _, _) throws(StoreFailure) in }
  }

  var acme: Counts { counts["acme"] ?? Counts() }
}

/// Asks until it is so, for five seconds at most.
func eventually(_ isSo: () async throws -> Bool) async throws -> Bool {
  for _ in 0..<500 {
    if try await isSo() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return false
}

/// Keeps the writer thread busy until `during` has filled the list of pending work.
func whileWriting(
  _ spool: Spool, pending: Int, _ during: @escaping @Sendable () async throws -> Int
) async throws -> Int {
  let started = DispatchSemaphore(value: 0)
  let goOn = DispatchSemaphore(value: 0)
  async let busy: Void = spool.change { (_, _, _) throws(StoreFailure) in
    started.signal()
    goOn.wait()
  }
  #expect(try await eventually { started.wait(timeout: .now()) == .success })
  async let result = during()
  #expect(try await eventually { spool.writer.desk.withLock { $0.pending.count } == pending })
  goOn.signal()
  try await busy
  return try await result
}
