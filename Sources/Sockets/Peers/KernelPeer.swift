// What the kernel tells of the program at the other end of a connection on this host.

/// Who made the socket at the other end, and where. What the kernel cannot vouch for is `nil`.
package struct KernelPeer: Sendable, Equatable {
  /// In this process's user namespace.
  package var uid: UInt32?
  /// The id of the control group in which the socket was made; 1 is the root of cgroup2.
  package var cgroup: UInt64?

  package static let unknown = KernelPeer()

  package init(uid: UInt32? = nil, cgroup: UInt64? = nil) {
    self.uid = uid
    self.cgroup = cgroup
  }
}

extension KernelPeer {
  /// - Parameter overflowUser: stands for every user who is none in this process's user namespace.
  init(_ socket: InetDiagSocket, overflowUser: UInt32) {
    // A socket that its program has closed has no inode. The kernel keeps no owner of it at some point, and says 0.
    let isOrphan = socket.uid == 0 && socket.inode == 0
    self.init(uid: isOrphan || socket.uid == overflowUser ? nil : socket.uid, cgroup: socket.cgroup)
  }
}
