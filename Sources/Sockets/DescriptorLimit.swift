// The last descriptors are kept for the house: its databases, its timers, its threads. The system's libraries do not all
// survive without one: the dispatch library ends the process when it cannot open /proc/self/task for a look.
import Glibc

/// The kernel hands out the lowest free number, so the number of a new descriptor says how many are left.
package enum DescriptorLimit {
  /// How many this process may have open, as it was when first asked for.
  package static let most: Int32 = {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int32(clamping: limit.rlim_cur)
  }()
  /// With fewer the relay does not start.
  package static let least: Int32 = 128

  /// Numbers from this on are not for clients.
  package static let clients = most - 64
  /// Nor, from this on, for the bodies that clients send.
  package static let bodies = most - 32
  /// Nor, from this on, for connections to providers.
  package static let providers = most - 16
}
