// A port of this host on which nobody listens, for the usual answer of `letterhead setup`.

import Foundation

enum FreePort {
  /// 25 where it is free and may be had, as apps expect it; else 2525, or one behind it.
  static func address() -> String {
    let port = ([25] + Array(2525...2534)).first { isFree(UInt16($0)) } ?? 2525
    return "127.0.0.1:\(port)"
  }

  private static func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
