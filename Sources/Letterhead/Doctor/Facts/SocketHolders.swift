// Which processes hold sockets, as /proc shows it. Root sees all processes, others their own.

import Foundation
import Platform

/// The processes that hold sockets, as far as this user may see.
struct SocketHolders {
  private var holders: [UInt64: Int32] = [:]

  /// - Parameter inodes: of the sockets that are asked for.
  init(of inodes: Set<UInt64>, relay: Int32?) {
    guard !inodes.isEmpty, let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else { return }
    // The relay first: a socket that systemd has handed over is both's.
    for pid in [relay].compactMap(\.self) + names.compactMap({ Int32($0) }) {
      let folder = "/proc/\(pid)/fd"
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)"),
          target.hasPrefix("socket:["), let inode = UInt64(target.dropFirst(8).dropLast()), inodes.contains(inode)
        else { continue }
        if holders[inode] == nil { holders[inode] = pid }
      }
    }
  }

  func holder(of sockets: [ListeningSocket]) -> ListenerCheck.Holder {
    if sockets.isEmpty { return .nobody }
    guard let pid = sockets.lazy.compactMap({ holders[$0.inode] }).first else { return .unknown }
    let name = KernelFile.text("/proc/\(pid)/comm")
    let group = KernelFile.text("/proc/\(pid)/cgroup")
    return .process(
      pid: pid, name: name.trimmingCharacters(in: .whitespacesAndNewlines).harmless(), service: Self.service(in: group))
  }

  /// The service at the end of a control group's path.
  static func service(in text: String) -> String? {
    text.split(whereSeparator: \.isNewline).lazy.compactMap { line in
      line.split(separator: "/").last { $0.hasSuffix(".service") }.map(String.init)
    }.first { $0.utf8.allSatisfy { byte in byte > 0x20 && byte < 0x7F && !"'\"\\$`;&|<>()".utf8.contains(byte) } }
  }
}
