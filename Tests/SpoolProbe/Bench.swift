// How fast, at what cost, in how much memory. Figures from a release build only.

import FoundationEssentials
import Glibc
import Message
import Spool
import StorageSQLite

struct Bench {
  let directory: String

  func run(messages: Int) async throws {
    for callers in [1, 10, 50, 200] {
      let spool = try SQLiteStorage.openSpool(directory: directory + "/accept-\(callers)", minimumFree: 0, log: quiet)
      try await measure("accept, \(callers) callers", messages / (callers == 1 ? 5 : 1), spool) { count in
        try await accept(count, callers: callers, into: spool)
      }
      await spool.close()
    }
    for callers in [1, 10, 50, 200] { try await cycle(messages / (callers == 1 ? 5 : 1), callers: callers) }
    try await history(messages)
    let spool = try SQLiteStorage.openSpool(directory: directory + "/backlog", minimumFree: 0, log: quiet)
    try await accept(messages, callers: 50, into: spool)
    try await measure("drain from the database", messages, spool) { count in
      spool.open("acme")
      await drain(count, from: spool)
    }
    await spool.close()
  }

  private func cycle(_ messages: Int, callers: Int, with history: HistorySettings? = nil, round: Int = 0) async throws {
    let place = "/cycle-\(callers)-\(history == nil ? "without" : "with")-\(round)"
    let spool = try SQLiteStorage.openSpool(directory: directory + place, minimumFree: 0, log: quiet)
    if let history { spool.setHistory(history) }
    let name = "accept, claim, settle, \(callers) callers\(history == nil ? "" : ", with history")"
    try await measure(name, messages, spool) { count in
      spool.open("acme")
      async let drained: Void = drain(count, from: spool)
      try await accept(count, callers: callers, into: spool)
      await drained
    }
    await spool.close()
  }

  /// What the history costs, one run beside the other, and how long a search takes that finds the first of all.
  func history(_ messages: Int) async throws {
    for round in 0..<5 {
      try await cycle(messages, callers: 50, round: round)
      try await cycle(messages, callers: 50, with: HistorySettings(), round: round)
    }
    let spool = try SQLiteStorage.openSpool(
      directory: directory + "/cycle-50-with-0", minimumFree: 0, log: quiet)
    for name in ["1", "<1@erp.example>", "nobody@example.org"] {
      let start = ContinuousClock.now
      let found = try await spool.trace(TraceQuery(name), of: nil).messages.count
      tell("trace \(name) among \(messages): \(found) found in \(ContinuousClock.now - start)")
    }
    await spool.close()
  }

  func fill(_ messages: Int, bodyOctets: Int) async throws {
    let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
    let before = Self.residentKiB
    try await accept(messages, callers: 200, into: spool, octets: bodyOctets)
    tell("filled \(messages) resident +\(Self.residentKiB - before) KiB, now \(Self.residentKiB) KiB")
    await spool.close()
  }

  func open() async throws {
    let start = ContinuousClock.now
    let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
    let counts = spool.counts["acme"] ?? Counts()
    tell("opened in \(ContinuousClock.now - start), queued \(counts.queued), resident \(Self.residentKiB) KiB")
    await spool.close()
  }

  private func accept(_ count: Int, callers: Int, into spool: Spool, octets: Int = 4096) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<callers {
        group.addTask {
          for number in stride(from: caller, to: count, by: callers) {
            _ = try await spool.accept(message(number, octets: octets), now: Date())
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private func drain(_ count: Int, from spool: Spool) async {
    var left = count
    while left > 0 {
      let claimed = await spool.claim("acme", atMost: 32)
      for message in claimed { spool.settle(message.id, delivered(message), now: Date()) }
      left -= claimed.count
    }
  }

  private func measure(_ name: String, _ count: Int, _ spool: Spool, _ work: (Int) async throws -> Void) async throws {
    let commits = spool.commitCount
    let cpu = Self.cpuMicroseconds
    let start = ContinuousClock.now
    try await work(count)
    let wall = (ContinuousClock.now - start) / .microseconds(1)
    let used = Double(Self.cpuMicroseconds - cpu) / Double(count)
    let rate = Int(Double(count) / wall * 1e6)
    let share = Double(count) / Double(max(spool.commitCount - commits, 1))
    tell("\(name): \(rate)/s, \(used) µs CPU a message, \(share) a commit, resident \(Self.residentKiB) KiB")
  }

  static var cpuMicroseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  static var residentKiB: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 128)
    let count = fread(&line, 1, line.count, file)
    let fields = String(decoding: line[..<count], as: UTF8.self).split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4
  }
}
