// Who listens on this host, as the kernel lists it in /proc/net.

import Foundation
import Submission

/// One line of /proc/net/tcp, tcp6 or unix.
struct ListeningSocket: Equatable, Sendable {
  enum BoundAddress: Equatable, Sendable {
    /// `host`: lower-case hexadecimal, in network order; all zeros is every address.
    case network(host: String, port: UInt16)
    case path(String)
  }

  let address: BoundAddress
  let inode: UInt64

  private static let listening = "0A"

  /// - Parameter text: of /proc/net/tcp or tcp6.
  static func tcp(in text: String) -> [ListeningSocket] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 9, fields[3] == listening, let inode = UInt64(fields[9]) else { return nil }
      let parts = fields[1].split(separator: ":")
      guard parts.count == 2, let port = UInt16(parts[1], radix: 16), let host = networkOrder(parts[0]) else {
        return nil
      }
      return ListeningSocket(address: .network(host: host, port: port), inode: inode)
    }
  }

  /// - Parameter text: of /proc/net/unix.
  static func unix(in text: String) -> [ListeningSocket] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ", maxSplits: 7)
      // __SO_ACCEPTCON.
      guard fields.count == 8, let flags = UInt32(fields[3], radix: 16), flags & 0x10000 != 0,
        let inode = UInt64(fields[6])
      else { return nil }
      return ListeningSocket(address: .path(String(fields[7])), inode: inode)
    }
  }

  /// The kernel prints words of four octets in the machine's order.
  private static func networkOrder(_ text: Substring) -> String? {
    guard text.utf8.count % 8 == 0 else { return nil }
    let digits = Array(text.lowercased())
    return stride(from: 0, to: digits.count, by: 8).map { start in
      stride(from: start + 6, through: start, by: -2).map { String(digits[$0...$0 + 1]) }.joined()
    }.joined()
  }

  func isAt(_ place: ListenerPlace) -> Bool {
    switch (place, address) {
    case (.unixSocket(let path), .path(let own)): path == own
    case (.network(let host, let port), .network(let own, let ownPort)):
      port == ownPort && (own.allSatisfy { $0 == "0" } || own == Self.hexadecimal(host))
    default: false
    }
  }

  private static func hexadecimal(_ host: String) -> String? {
    var four = in_addr()
    if inet_pton(AF_INET, host, &four) == 1 { return withUnsafeBytes(of: four) { Letterhead.hexadecimal(Array($0)) } }
    var six = in6_addr()
    return inet_pton(AF_INET6, host, &six) == 1 ? withUnsafeBytes(of: six) { Letterhead.hexadecimal(Array($0)) } : nil
  }

  /// All of this host's network namespace.
  static var all: [ListeningSocket] {
    func text(_ name: String) -> String { KernelFile.text("/proc/net/\(name)") }
    return tcp(in: text("tcp")) + tcp(in: text("tcp6")) + unix(in: text("unix"))
  }
}
