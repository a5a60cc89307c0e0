// The four ways in which a listener's address can be written.

extension Listener {
  /// Opens all that `address` stands for. Sockets that the service manager has handed over for the same address are used as
  /// they are; nothing is bound then.
  ///
  /// - Parameters:
  ///   - address: `127.0.0.1:2525`, `[::1]:2525`, `/run/letterhead/submit.sock`, or `systemd:smtp` for every socket of that
  ///     name.
  ///   - mode: of the file, for a path. The default lets every user connect: the kernel says who does.
  /// - Returns: at least one.
  package static func opened(
    at address: String, mode: UInt32 = 0o666, inheriting inherited: InheritedSockets = InheritedSockets()
  ) throws(ListenError) -> [Listener] {
    let found = inherited.sockets(for: address)
    if !found.isEmpty { return found.map(Listener.init(inheriting:)) }
    if let name = InheritedSockets.name(in: address) { throw .notHandedOver(name) }
    return [address.hasPrefix("/") ? try Listener(path: address, mode: mode) : try Listener(address: address)]
  }
}
