// Dies by SIGKILL at an arrow of a message's life. What stands on disk then is looked at by the test.

import FoundationEssentials
import Glibc
import Message
import Spool
import StorageSQLite
import Synchronization

/// Knows where this process is to die.
final class Plug: Sendable {
  private let point = Mutex<FaultPoint?>(nil)

  func arm(_ point: FaultPoint) { self.point.withLock { $0 = point } }

  func passed(_ point: FaultPoint) {
    if self.point.withLock({ $0 == point }) { kill(getpid(), SIGKILL) }
  }
}

struct Crash {
  let directory: String
  let plug = Plug()

  func run(_ scenario: String) async throws {
    let spool = try SQLiteStorage.openSpool(
      directory: directory, minimumFree: 0, log: quiet, onFaultPoint: { [plug] in plug.passed($0) })
    let point: FaultPoint = scenario.hasSuffix("-before") ? .committing : .committed
    switch scenario.prefix(while: { $0 != "-" }) {
    case "arriving": try await arriving(spool)
    case "accept": try await accept(spool, point)
    case "file": try await file(spool, point)
    case "claim": try await claim(spool, point)
    case "claimed": try await claimed(spool)
    case "settle": try await settle(spool, point) { delivered($0) }
    case "defer":
      try await settle(spool, point) { message in
        Settlement(recipients: message.envelope.recipients.map { ($0, .deferred("450 4.2.0 Try later")) })
      }
    case "fail":
      try await settle(spool, point) { message in
        Settlement(recipients: message.envelope.recipients.map { ($0, .failed("550 5.1.1 No such user")) })
      }
    case "copy": try await settle(spool, point) { delivered($0, copying: true) }
    case "begin", "end": try await copy(spool, point, ending: scenario.hasPrefix("end"))
    case "hold":
      let id = try await spool.accept(message(1), now: Date())
      tell("accepted \(id)")
      plug.arm(point)
      try await spool.hold(.ids([id]), now: Date())
    default: tell("no such scenario")
    }
    // The plug is pulled while we wait.
    try await Task.sleep(for: .seconds(60))
  }

  private func arriving(_ spool: Spool) async throws {
    let writer = try await spool.startBody()
    try await writer.append([UInt8](repeating: 0x61, count: 70_000))
    tell("written")
    kill(getpid(), SIGKILL)
  }

  private func accept(_ spool: Spool, _ point: FaultPoint) async throws {
    tell("accepted \(try await spool.accept(message(1), now: Date()))")
    plug.arm(point)
    _ = try await spool.accept(message(2), now: Date())
  }

  private func file(_ spool: Spool, _ point: FaultPoint) async throws {
    let writer = try await spool.startBody()
    for _ in 0..<8 { try await writer.append([UInt8](repeating: 0x61, count: 65_536)) }
    var large = message(1)
    large.content = .stored(try await writer.finish())
    plug.arm(point)
    _ = try await spool.accept(large, now: Date())
  }

  private func claim(_ spool: Spool, _ point: FaultPoint) async throws {
    tell("accepted \(try await spool.accept(message(1), now: Date()))")
    plug.arm(point)
    spool.open("acme")
    _ = await spool.claim("acme", atMost: 1)
  }

  /// Inserted as claimed, and lost in the middle of its first attempt.
  private func claimed(_ spool: Spool) async throws {
    spool.open("acme")
    tell("accepted \(try await spool.accept(message(1), now: Date()))")
    tell("claimed \(await spool.claim("acme", atMost: 1).count)")
    kill(getpid(), SIGKILL)
  }

  /// Everybody has the message; its copy is begun, or over.
  private func copy(_ spool: Spool, _ point: FaultPoint, ending: Bool) async throws {
    let id = try await spool.accept(message(1), now: Date())
    spool.open("acme")
    for message in await spool.claim("acme", atMost: 1) {
      spool.settle(id, delivered(message, copying: true), now: Date())
    }
    tell("accepted \(id)")
    while spool.counts["acme"]?.filing != 1 { try await Task.sleep(for: .milliseconds(1)) }
    if !ending { plug.arm(point) }
    _ = try await spool.beginCopies([id], lookingAt: Date() + 60)
    plug.arm(point)
    try await spool.endCopy(of: id, "filed")
  }

  private func settle(
    _ spool: Spool, _ point: FaultPoint, _ settlement: (SpooledMessage) -> Settlement
  ) async throws {
    tell("accepted \(try await spool.accept(message(1), now: Date()))")
    spool.open("acme")
    for message in await spool.claim("acme", atMost: 1) {
      plug.arm(point)
      spool.settle(message.id, settlement(message), now: Date())
    }
  }
}

/// Accepts, claims, settles and defers as fast as it can until somebody kills it; says what it was promised and what it
/// sent.
struct Torture {
  let directory: String

  func run() async throws {
    let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
    spool.open("acme")
    await withTaskGroup(of: Void.self) { group in
      for caller in 0..<8 {
        group.addTask {
          for number in 0..<100_000 {
            let id = try? await spool.accept(message(number, octets: 500 + caller * 700), now: Date())
            if let id { tell("accepted \(id)") }
          }
        }
      }
      group.addTask {
        while true {
          for message in await spool.claim("acme", atMost: 16) {
            tell("sent \(message.id)")
            spool.settle(message.id, delivered(message), now: Date())
          }
        }
      }
    }
  }
}
