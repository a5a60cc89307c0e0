// Who is at the other end, by the kernel's word.
import CLinux
import Glibc
import Platform

extension Connection {
  /// Who made the socket at the other end, where that is on this host: by TCP from a loopback address, or by a unix socket.
  /// Must be called on the loop's thread, right after `accept`: once a client has closed, the kernel forgets its user within
  /// milliseconds. It never blocks, and costs some ten microseconds.
  ///
  /// For a proxy on this host, that is the proxy. For a unix socket the user is the one who connected, and the control group
  /// that of his process now, which Linux tells since 6.13.
  package func kernelPeer() -> KernelPeer {
    guard let own = SocketAddress(localOf: channel.number) else { return .unknown }
    if own.family == AF_UNIX { return unixPeer }
    guard let peer = SocketAddress(peerOf: channel.number), let source = InetEnd(peer), source.isLoopback,
      let destination = InetEnd(own)
    else { return .unknown }
    return loop.kernelPeers.ask(InetDiagQuestion(source: source, destination: destination))
  }

  private var unixPeer: KernelPeer {
    let user = peerUser.flatMap { $0 == KernelPeers.overflowUser ? nil : $0 }
    return KernelPeer(uid: user, cgroup: Self.controlGroup(ofPeerOf: channel.number))
  }

  private static func controlGroup(ofPeerOf socket: Int32) -> UInt64? {
    var number: Int32 = -1
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(socket, SOL_SOCKET, CLINUX_SO_PEERPIDFD, &number, &length) == 0 else { return nil }
    let process = Descriptor(owning: number)
    var info = CLinux_pidfd_info()
    info.mask = CLINUX_PIDFD_INFO_CGROUPID
    guard ioctl(process.number, UInt(CLINUX_PIDFD_GET_INFO), &info) == 0, info.mask & CLINUX_PIDFD_INFO_CGROUPID != 0
    else { return nil }
    return info.cgroupid
  }
}
