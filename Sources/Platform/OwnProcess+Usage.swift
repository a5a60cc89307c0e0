// What this process takes of the system, as monitoring expects it of every process.
import Glibc

/// A figure that the system does not tell is 0.
package struct ProcessUsage: Equatable, Sendable {
  package var cpuSeconds = 0.0
  package var residentOctets = 0
  package var virtualOctets = 0
  package var openDescriptors = 0
  package var descriptorLimit = 0
}

extension OwnProcess {
  /// Reads /proc; blocks for no disk.
  package static var usage: ProcessUsage {
    var usage = ProcessUsage()
    var times = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &times) == 0 {
      usage.cpuSeconds = seconds(times.ru_utime) + seconds(times.ru_stime)
    }
    let pages = words(of: "/proc/self/statm").prefix(2).compactMap { Int($0) }
    if pages.count == 2 {
      let octets = Int(sysconf(Int32(_SC_PAGESIZE)))
      (usage.virtualOctets, usage.residentOctets) = (pages[0] * octets, pages[1] * octets)
    }
    usage.openDescriptors = openDescriptors
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      usage.descriptorLimit = Int(clamping: limit.rlim_cur)
    }
    return usage
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  private static func words(of file: String) -> [Substring] {
    guard let descriptor = try? Descriptor.open(file, O_RDONLY), let octets = try? descriptor.read(atMost: 4096) else {
      return []
    }
    return String(decoding: octets, as: UTF8.self).split(separator: " ")
  }

  private static var openDescriptors: Int {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // Without `.`, `..` and the one that this reads by.
    return count - 3
  }
}
