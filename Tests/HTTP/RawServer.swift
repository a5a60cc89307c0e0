// A server that says what a test wants, in plain blocking calls, one thread a connection.

import Foundation
import Support
import Synchronization

final class RawServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let accepting: BlockingThread<Void>

  /// - Parameter talk: with one connection, which is closed when it returns.
  init(_ talk: @escaping @Sendable (Connection) -> Void) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutableBytes(of: &address) { bytes in
      let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return bind(listener, name, length) == 0 && listen(listener, 128) == 0
        && getsockname(listener, name, &length) == 0
    }
    guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: address.sin_port)
    self.listener = listener
    accepting = BlockingThread {
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        _ = BlockingThread {
          talk(Connection(descriptor: descriptor))
          close(descriptor)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  struct Connection: Sendable {
    let descriptor: Int32

    /// - Returns: false once the client is gone.
    @discardableResult
    func say(_ text: String) -> Bool {
      let octets = Array(text.utf8)
      return octets.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } == octets.count
    }

    /// What comes next, at most `count` octets; empty once the client is gone.
    func hear(_ count: Int = 65_536) -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: count) { buffer, heard in
        heard = max(0, recv(descriptor, buffer.baseAddress, count, 0))
      }
    }

    /// The head of a request, in octets that came one by one: nothing behind it is taken.
    func hearHead() -> String {
      var head: [UInt8] = []
      while head.suffix(4) != Array("\r\n\r\n".utf8)[...] {
        let next = hear(1)
        if next.isEmpty { break }
        head += next
      }
      return String(decoding: head, as: UTF8.self)
    }

    /// Waits until the client has closed the connection.
    func hearEnd() { while !hear().isEmpty {} }
  }
}
