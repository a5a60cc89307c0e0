// The last free descriptors are reserved for the process itself: its databases, timers and threads. Not every system
// library survives without one; the dispatch library ends the process when it cannot open /proc/self/task.
import Glibc

/// The kernel hands out the lowest free number, so the number of a new descriptor tells how many are left.
package enum DescriptorLimit {
  /// How many descriptors this process may have open, as it was when first asked for.
  package static let most: Int32 = {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int32(clamping: limit.rlim_cur)
  }()
  /// The relay does not start with fewer.
  package static let least: Int32 = 128

  /// Clients' connections get no descriptor with this number or a higher one.
  package static let clients = most - 64
  /// Files for the bodies that clients send get no descriptor with this number or a higher one.
  package static let bodies = most - 32
  /// Connections to providers get no descriptor with this number or a higher one.
  package static let providers = most - 16
}
