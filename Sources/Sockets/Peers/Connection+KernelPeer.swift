// Who is at the other end, by the kernel's word.
import CLinux
import Glibc
import Platform

extension Connection {
  /// Who made the socket at the other end, where that is on this host: by TCP from any address of the host, or by a unix
  /// socket. Another host's client is unknown: the kernel has no socket at that end.
  /// Must be called on the loop's thread, right after `accept`: once a client has closed, the kernel forgets its user within
  /// milliseconds. It never blocks, and costs some ten microseconds.
  ///
  /// For a proxy on this host, that is the proxy. For a unix socket the user is the one who connected, and the control group
  /// that of his process now, which Linux tells since 6.13.
  package func kernelPeer() -> KernelPeer {
    guard let own = SocketAddress(localOf: channel.number) else { return .unknown }
    if own.family == AF_UNIX { return unixPeer }
    guard let peer = SocketAddress(peerOf: channel.number), let source = InetEnd(peer),
      let destination = InetEnd(own)
    else { return .unknown }
    return loop.kernelPeers.ask(InetDiagQuestion(source: source, destination: destination))
  }

  private var unixPeer: KernelPeer {
    let user = peerUser.flatMap { $0 == KernelPeers.overflowUser ? nil : $0 }
    switch controlGroupOfPeer {
    case .known(let id): return KernelPeer(uid: user, cgroup: id)
    case .untold: return KernelPeer(uid: user)
    // It connected and ended, perhaps so that nobody can tell in which container it was.
    case .ended: return .unknown
    }
  }

  private enum PeerGroup {
    case known(UInt64)
    /// This kernel does not tell.
    case untold
    case ended
  }

  private var controlGroupOfPeer: PeerGroup {
    var number: Int32 = -1
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(channel.number, SOL_SOCKET, CLINUX_SO_PEERPIDFD, &number, &length) == 0 else {
      return errno == ENOPROTOOPT ? .untold : .ended
    }
    let process = Descriptor(owning: number)
    var info = CLinux_pidfd_info()
    info.mask = CLINUX_PIDFD_INFO_CGROUPID
    guard ioctl(process.number, UInt(CLINUX_PIDFD_GET_INFO), &info) == 0 else {
      return errno == ENOTTY || errno == EINVAL ? .untold : .ended
    }
    return info.mask & CLINUX_PIDFD_INFO_CGROUPID != 0 ? .known(info.cgroupid) : .ended
  }
}
