// What a relay costs: the processor time and the memory of all its processes, from /proc.

import Foundation
import Synchronization

struct ProcessTree: Sendable {
  let root: pid_t

  private struct Process {
    var parent: pid_t
    /// Its own, and that of its children that have ended and were waited for.
    var ticks: Int
  }

  /// Seconds of processor time of the whole tree so far, exited processes included. Steps of 10 ms.
  var processorSeconds: Double {
    let all = Self.all()
    let ticks = members(of: all).reduce(0) { $0 + (all[$1]?.ticks ?? 0) }
    return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// MiB of the whole tree, pages that several processes share counted once (PSS).
  var residentMiB: Double {
    let kilobytes = members(of: Self.all()).reduce(0) { $0 + Self.proportionalKiB(of: $1) }
    return Double(kilobytes) / 1024
  }

  var count: Int { members(of: Self.all()).count }

  /// Whether a process of the tree has loaded `library`.
  func hasLoaded(_ library: String) -> Bool {
    members(of: Self.all()).contains { pid in
      ProcFile.text("/proc/\(pid)/maps")?.contains(library) ?? false
    }
  }

  private func members(of all: [pid_t: Process]) -> [pid_t] {
    var children: [pid_t: [pid_t]] = [:]
    for (pid, process) in all { children[process.parent, default: []].append(pid) }
    var found = [root]
    var index = 0
    while index < found.count {
      found += children[found[index]] ?? []
      index += 1
    }
    return found
  }

  private static func all() -> [pid_t: Process] {
    var found: [pid_t: Process] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
      guard let pid = pid_t(name), let text = ProcFile.text("/proc/\(pid)/stat"),
        let end = text.lastIndex(of: ")")
      else { continue }
      // Behind the name, which may hold anything: state, parent, …; 11 to 14 are utime, stime, cutime, cstime.
      let fields = text[text.index(after: end)...].split(separator: " ")
      guard fields.count > 14, let parent = pid_t(fields[1]) else { continue }
      found[pid] = Process(parent: parent, ticks: fields[11...14].reduce(0) { $0 + (Int($1) ?? 0) })
    }
    return found
  }

  private static func proportionalKiB(of pid: pid_t) -> Int {
    let rollup = ProcFile.text("/proc/\(pid)/smaps_rollup") ?? ""
    let line = rollup.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }
}

/// Files that have no size until they are read: Foundation stops behind their first page.
enum ProcFile {
  /// `nil` when it is not there, or no longer.
  static func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var octets: [UInt8] = []
    var page = [UInt8](repeating: 0, count: 16 << 10)
    while case let count = fread(&page, 1, page.count, file), count > 0 { octets += page[..<count] }
    return String(decoding: octets, as: UTF8.self)
  }
}

/// Looks at a tree's memory twenty times a second, and keeps the most.
final class PeakMemory: Sendable {
  private let stopped = Stop()
  private let thread: Worker
  private let peak = Peak()

  init(of tree: ProcessTree) {
    thread = Worker { [stopped, peak] in
      while !stopped.isSet {
        peak.note(tree.residentMiB)
        usleep(50_000)
      }
    }
  }

  /// Ends it, and says what the most was.
  func end() -> Double {
    stopped.set()
    thread.join()
    return peak.value
  }
}

private final class Peak: Sendable {
  private let most = Mutex(0.0)
  var value: Double { most.withLock { $0 } }
  func note(_ value: Double) { most.withLock { $0 = max($0, value) } }
}
