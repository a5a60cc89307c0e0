// The service manager that has started this process and wants to be told how it fares, as sd_notify(3) has it: datagrams
// to a unix socket, which nobody answers.
import Glibc

/// What a service tells its manager.
package enum ServiceNotice: Equatable, Sendable {
  /// It does its work now, for the first time or again after `reloading`.
  case ready
  /// It reads its configuration anew. `ready` follows.
  ///
  /// - Parameter microseconds: the monotonic clock's reading.
  case reloading(microseconds: Int)
  case stopping
  /// The watchdog may wait for the next one.
  case alive
  /// How it is, in a sentence for people.
  case status(String)

  /// Reads the clock.
  package static var reloading: ServiceNotice { .reloading(microseconds: monotonicNanoseconds(in: .zero) / 1000) }

  /// As the protocol has it, without a line end.
  var text: String {
    switch self {
    case .ready: "READY=1"
    case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
    case .stopping: "STOPPING=1"
    case .alive: "WATCHDOG=1"
    // A line end in it would begin another notice.
    case .status(let sentence): "STATUS=\(sentence.harmless())"
    }
  }
}

/// The way to the manager. What is told is lost where the manager is gone: a relay works on without one.
package final class ServiceManager: Sendable {
  /// Within which time after `ready`, and then after each `alive`, it wants the next `alive`. `nil`: it does not wait.
  package let watchdog: Duration?
  private let socket: Descriptor
  private let address: sockaddr_un
  private let length: socklen_t

  /// Takes what the environment tells of, and removes it from there: programs that this process starts are none of the
  /// manager's. To be called once, before there is another thread.
  ///
  /// - Returns: `nil` where no manager wants to be told.
  package static func take() -> ServiceManager? {
    func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let manager = ServiceManager(
      socket: value("NOTIFY_SOCKET"),
      watchdog: watchdog(
        microseconds: value("WATCHDOG_USEC"), process: value("WATCHDOG_PID"), ownProcess: getpid()))
    for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] { unsetenv(name) }
    return manager
  }

  /// - Parameter process: the one that is watched; `nil`: whichever asks.
  static func watchdog(microseconds: String?, process: String?, ownProcess: Int32) -> Duration? {
    guard process == nil || process.flatMap(Int32.init) == ownProcess else { return nil }
    guard let microseconds = microseconds.flatMap(Int64.init), microseconds > 0 else { return nil }
    return .microseconds(microseconds)
  }

  /// - Parameter place: a whole path, or `@` and a name that no file has (unix(7): abstract).
  package init?(socket place: String?, watchdog: Duration? = nil) {
    guard let place, let (address, length) = Self.address(of: place) else { return nil }
    socket = Descriptor(owning: Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
    (self.address, self.length) = (address, length)
    self.watchdog = watchdog
    // A manager that hangs must not hold up the relay.
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(socket.number, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  private static func address(of place: String) -> (sockaddr_un, socklen_t)? {
    var octets = Array(place.utf8)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard octets.count > 1, octets.count < MemoryLayout.size(ofValue: address.sun_path),
      let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)
    else { return nil }
    switch octets[0] {
    case UInt8(ascii: "/"): break
    case UInt8(ascii: "@"): octets[0] = 0
    default: return nil
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
    // An abstract name ends where the length says, and not at a zero.
    return (address, socklen_t(start + octets.count))
  }

  /// Tells all of it at once.
  package func tell(_ notices: ServiceNotice...) {
    let text = notices.map(\.text).joined(separator: "\n")
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = sendto(socket.number, text, text.utf8.count, Int32(MSG_NOSIGNAL), address, length)
      }
    }
  }
}
