// Who listens where the configuration has listeners, and what the relay may.

import Foundation
import Submission

extension ListenerCheck {
  init(looking configuration: Configuration, relay: Int32?) {
    let sockets = ListeningSocket.all
    let named = configuration.listeners.map { listener in
      (listener.address, ListenerPlace(listener.address))
    }
    let found = named.map { place in place.1.map { wanted in sockets.filter { $0.isAt(wanted) } } ?? [] }
    let holders = SocketHolders(of: Set(found.joined().map(\.inode)), relay: relay)
    places = zip(named, found).compactMap { named, sockets in
      switch named.1 {
      case .network(_, let port)?:
        Place(address: named.0, port: port, holder: holders.holder(of: sockets))
      case .unixSocket?: Place(address: named.0, port: nil, holder: holders.holder(of: sockets))
      case .activated?, nil: nil
      }
    }
    self.relay = relay
    let first = KernelFile.text("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    firstFreePort = UInt16(first.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 1024
    hasPrivilege = relay.map(Self.mayBindLowPorts) ?? true
  }

  private static func mayBindLowPorts(_ pid: Int32) -> Bool {
    let status = KernelFile.text("/proc/\(pid)/status")
    let line = status.split(whereSeparator: \.isNewline).first { $0.hasPrefix("CapEff:") }
    let digits = line?.drop { $0 != "\t" }.dropFirst() ?? ""
    // CAP_NET_BIND_SERVICE.
    return UInt64(digits, radix: 16).map { $0 & (1 << 10) != 0 } ?? true
  }
}
