// Sockets, time and threads as the kernel gives them: what load, sink and proxy share. No part of the product is used
// here, so that a fault in its own sockets could not flatter it.

import CLinux
import Dispatch
import Foundation

/// Nanoseconds of the machine's monotonic clock: the same in every process, so a stamp can be read by another one.
func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

extension UInt64 {
  static func seconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }
  /// This many nanoseconds as seconds.
  var inSeconds: Double { Double(self) / 1e9 }
}

/// A thread of its own that can be waited for.
final class Worker: Sendable {
  private let end = DispatchSemaphore(value: 0)

  init(_ work: @escaping @Sendable () -> Void) {
    Thread.detachNewThread { [end] in
      work()
      end.signal()
    }
  }

  /// Returns when the work is done. Once only.
  func join() { end.wait() }
}

/// What is wrong, in words for whoever runs the benchmark.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  static func errno(_ what: String) -> Failure { Failure("\(what): \(String(cString: strerror(Glibc.errno)))") }
}

enum Loopback {
  /// Writing to who has gone is an error then, and no signal. Once for the process.
  static let ignoreBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func with<Result>(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = address(port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  private static func socket() -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return Glibc.socket(AF_INET, type, 0)
  }

  /// A non-blocking listener; port 0 takes any free one.
  static func listen(_ port: UInt16) throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket()
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard with(port, { bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 4096) == 0 else {
      close(descriptor)
      throw Failure.errno("Cannot listen on 127.0.0.1:\(port)")
    }
    var bound = address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &bound) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
    }
    return (descriptor, UInt16(bigEndian: bound.sin_port))
  }

  /// A port that was free a moment ago.
  static func unusedPort() throws -> UInt16 {
    let (descriptor, port) = try listen(0)
    close(descriptor)
    return port
  }

  /// Begins to connect; negative when the kernel has no port or descriptor left.
  static func connect(_ port: UInt16) -> Int32 {
    let descriptor = socket()
    guard descriptor >= 0 else { return -1 }
    neverWait(descriptor)
    if with(port, { Glibc.connect(descriptor, $0, $1) }) == 0 || errno == EINPROGRESS { return descriptor }
    close(descriptor)
    return -1
  }

  /// The next connection that waits, non-blocking, or a negative number.
  static func accept(_ listener: Int32) -> Int32 {
    let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = accept4(listener, nil, nil, flags)
    if descriptor >= 0 { neverWait(descriptor) }
    return descriptor
  }

  private static func neverWait(_ descriptor: Int32) {
    var yes: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }

  /// As many descriptors as the machine allows; relays that are started inherit them.
  static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(limit.rlim_cur)
  }
}
