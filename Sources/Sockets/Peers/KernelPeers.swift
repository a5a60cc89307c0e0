// Asks the kernel whose sockets are at the other end, over netlink (sock_diag(7)). No privilege is needed. The kernel answers
// within the call that asks, so nobody waits.
import CLinux
import Glibc
import Platform

/// One loop's way to ask. Only the loop's thread may use it.
final class KernelPeers {
  /// Negative while it is closed.
  private(set) var socket = Descriptor(owning: -1)
  private var sequence: UInt32 = 0
  /// A kernel that could not be asked is left alone until then: it may look for a module at each question.
  private var closedUntil = Instant.now

  /// Of every user who is none in this process's user namespace.
  static let overflowUser: UInt32 = {
    guard let file = try? Descriptor.open("/proc/sys/kernel/overflowuid", O_RDONLY),
      let octets = try? file.read(atMost: 32)
    else { return 65534 }
    return UInt32(String(decoding: octets.prefix { $0 > 0x20 }, as: UTF8.self)) ?? 65534
  }()

  /// - Parameter question: about the other end of a connection, of which this process holds its own end.
  func ask(_ question: InetDiagQuestion) -> KernelPeer {
    guard open(for: question), case .socket(let found) = answer(to: question) else { return .unknown }
    return KernelPeer(found, overflowUser: Self.overflowUser)
  }

  /// Asks of a new socket what this process knows: whether there is its own end of the connection.
  private func open(for question: InetDiagQuestion) -> Bool {
    if socket.number >= 0 { return true }
    guard closedUntil <= .now else { return false }
    socket = Self.openSocket()
    if socket.number >= 0, case .socket = answer(to: question.reversed) { return true }
    socket = Descriptor(owning: -1)
    closedUntil = .now + .seconds(60)
    return false
  }

  /// Connected, so that nobody but the kernel can send to it.
  private static func openSocket() -> Descriptor {
    let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let socket = Descriptor(owning: Glibc.socket(AF_NETLINK, type, NETLINK_SOCK_DIAG))
    var kernel = sockaddr_nl()
    kernel.nl_family = sa_family_t(AF_NETLINK)
    let size = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let status = withUnsafeBytes(of: &kernel) {
      // An address of netlink is a socket address, whose first field tells its kind.
      connect(socket.number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), size)
    }
    return status == 0 ? socket : Descriptor(owning: -1)
  }

  /// Closes the socket where it gave no answer. The next question opens another.
  private func answer(to question: InetDiagQuestion) -> InetDiagAnswer {
    sequence &+= 1
    let octets = question.octets(sequence: sequence)
    if retried({ send(socket.number, octets, octets.count, Int32(MSG_DONTWAIT)) }) == octets.count {
      // Answers to earlier questions may lie before it.
      for _ in 0..<8 {
        guard let answer = received(for: question) else { break }
        if answer != .none { return answer }
      }
    }
    socket = Descriptor(owning: -1)
    return .none
  }

  /// Nil where nothing has come.
  private func received(for question: InetDiagQuestion) -> InetDiagAnswer? {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
      let count = retried { recv(socket.number, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT)) }
      guard count > 0 else { return nil }
      return InetDiagAnswer(in: UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: question, sequence: sequence)
    }
  }
}
