// What this process asks of the kernel before it opens a secret or a socket.

import Glibc
import Sockets
import Platform

package enum Hardening {
  /// No core dumps and no tracing by other programs of this user, new files that other users cannot read, and as many
  /// descriptors as the administrator allows.
  package static func apply() {
    umask(0o077)
    // A write to a program that has ended must fail, and not end this process.
    signal(SIGPIPE, SIG_IGN)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    OwnProcess.hideMemory()
    var files = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    files.rlim_cur = files.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
  }

  /// - Throws: `TooFewDescriptors`.
  static func requireDescriptors() throws(TooFewDescriptors) {
    guard DescriptorLimit.most >= DescriptorLimit.least else { throw TooFewDescriptors() }
  }
}

/// Clients could take the last descriptors, and the system's libraries fail without one.
struct TooFewDescriptors: Error, CustomStringConvertible {
  var description: String {
    "Only \(DescriptorLimit.most) files may be open at once, and the relay needs \(DescriptorLimit.least). Set "
      + "LimitNOFILE= in its service unit, or ulimit -n, to 1024 or more."
  }
}
