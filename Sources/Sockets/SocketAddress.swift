// The kernel's form of an address, and endpoints in that form.
import CLinux
import Glibc
import Platform

/// An address in the kernel's form, with room for either family.
struct SocketAddress {
  var storage = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

  var family: Int32 { Int32(storage.ss_family) }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafeBytes(of: storage) { bytes in
      // The storage is aligned for, and as large as, any sockaddr.
      body(bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
    }
  }

  mutating func withMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
  ) -> Result {
    withUnsafeMutableBytes(of: &storage) { bytes in
      body(bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
    }
  }
}

extension SocketAddress {
  /// Nil unless `endpoint.host` is a numeric address.
  init?(_ endpoint: Endpoint) {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(endpoint.host, String(endpoint.port), &hints, &found) == 0, let found else { return nil }
    defer { freeaddrinfo(found) }
    self.init(found.pointee)
  }

  init?(_ info: addrinfo) {
    guard let address = info.ai_addr, Int(info.ai_addrlen) <= MemoryLayout<sockaddr_storage>.size else { return nil }
    let count = Int(info.ai_addrlen)
    withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count)) }
    length = info.ai_addrlen
  }
}

extension SocketAddress {
  /// Nil when the socket has none.
  init?(localOf socket: Int32) {
    guard withMutablePointer({ getsockname(socket, $0, $1) }) == 0 else { return nil }
  }

  /// Nil when the socket is not connected, or no longer.
  init?(peerOf socket: Int32) {
    guard withMutablePointer({ getpeername(socket, $0, $1) }) == 0 else { return nil }
  }
}

extension SocketAddress {
  /// Of a unix socket, where it has one.
  var path: String? {
    guard family == AF_UNIX, let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) else { return nil }
    let octets = withUnsafeBytes(of: storage) { $0[..<min(Int(length), $0.count)].dropFirst(start).prefix { $0 != 0 } }
    return octets.isEmpty ? nil : String(decoding: octets, as: UTF8.self)
  }

  /// Nil for a path that is empty or too long (107 octets).
  init?(path: String) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let octets = Array(path.utf8)
    let capacity = MemoryLayout.size(ofValue: address.sun_path) - 1
    guard !octets.isEmpty, octets.count <= capacity, !octets.contains(0) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
    withUnsafeMutableBytes(of: &storage) { storage in
      withUnsafeBytes(of: address) { storage.copyMemory(from: $0) }
    }
    length = socklen_t(MemoryLayout<sockaddr_un>.size)
  }
}

extension Endpoint {
  init(_ address: SocketAddress) {
    // The client of a unix socket has no address but one it has chosen. `Connection.kernelPeer` tells who it is.
    guard address.family != AF_UNIX else {
      self.init(host: "", port: 0)
      return
    }
    let port = address.withPointer { pointer, _ in
      // Both families have the port in the same place.
      pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
    }
    let host = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { name in
      let status = address.withPointer { pointer, length in
        getnameinfo(pointer, length, name.baseAddress, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
      }
      return status == 0 ? String(cString: name.baseAddress!) : ""
    }
    self.init(host: host, port: port)
  }

  /// The local end of a socket: for a unix socket its path. The host is empty when the socket has no address.
  init(localOf socket: Int32) {
    guard let address = SocketAddress(localOf: socket) else {
      self.init(host: "", port: 0)
      return
    }
    if let path = address.path { self.init(host: path, port: 0) } else { self.init(address) }
  }
}

extension Endpoint {
  /// Reads `127.0.0.1:2525` and `[::1]:2525`. Nil for anything else, names included.
  package init?(parsing text: String) {
    guard let parsed = HostPort(parsing: text), let port = parsed.port else { return nil }
    self.init(host: parsed.host, port: port)
    if SocketAddress(self) == nil { return nil }
  }
}

/// Sets a socket option to 1. The options set with this function are improvements, so a refusal is ignored.
func set(_ option: Int32, of level: Int32, on socket: Int32) {
  var on: Int32 = 1
  setsockopt(socket, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
}

func setNoDelay(on socket: Int32) { set(TCP_NODELAY, of: Int32(IPPROTO_TCP), on: socket) }
