// Which machine it was, when, and what else it was doing.

import Foundation

struct Machine: Codable {
  var date: String
  var processor: String
  var cores: Int
  var memoryGiB: Int
  var kernel: String
  var system: String
  var fileSystem: String
  var commit: String
  var postfix: String

  static func here(directory: String) -> Machine {
    Machine(
      date: Date().formatted(.iso8601), processor: field("model name", in: "/proc/cpuinfo"),
      cores: ProcessInfo.processInfo.activeProcessorCount,
      memoryGiB: Int((Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30)).rounded()),
      kernel: said(["uname", "-r"]), system: value("PRETTY_NAME", in: "/etc/os-release"),
      fileSystem: last(said(["df", "--output=fstype", directory])),
      commit: said(["git", "describe", "--always", "--dirty"]),
      postfix: said(["postconf", "-d", "-h", "mail_version"]))
  }

  var markdown: String {
    """
    Measured \(date) at \(commit) on \(processor), \(cores) cores, \(memoryGiB) GiB; \(system), kernel \(kernel), \
    queues on \(fileSystem); Postfix \(postfix). Load, sink and relay share the machine.
    """
  }

  private static func field(_ name: String, in file: String) -> String {
    let text = ProcFile.text(file) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    let value = line?.split(separator: ":", maxSplits: 1).last
    return value.map { $0.trimmingCharacters(in: .whitespaces) } ?? "an unnamed processor"
  }

  private static func value(_ name: String, in file: String) -> String {
    let text = ProcFile.text(file) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(name)=") }
    return line.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: ["\""]) } ?? "an unnamed system"
  }

  private static func last(_ lines: String) -> String { lines.split(separator: "\n").last.map(String.init) ?? lines }

  private static func said(_ words: [String]) -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return "unknown" }
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.isEmpty ? "unknown" : text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Seconds of processor time that everything on the machine has used so far.
  static var busySeconds: Double {
    let text = ProcFile.text("/proc/stat") ?? ""
    let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().prefix(8).map { Double($0) ?? 0 }
    guard fields.count == 8 else { return 0 }
    // user, nice, system, idle, iowait, irq, softirq, steal
    let busy = fields[0] + fields[1] + fields[2] + fields[5] + fields[6]
    return busy / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Seconds that this process has used so far.
  static var ownSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
