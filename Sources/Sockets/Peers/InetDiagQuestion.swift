// The question that sock_diag(7) answers about one TCP socket of this host: struct inet_diag_req_v2 of <linux/inet_diag.h>.
import CLinux
import Glibc

/// One end of a TCP connection. An IPv4 address in an IPv6 socket (`::ffff:127.0.0.1`) is an IPv4 address, as it is to the
/// kernel's tables.
struct InetEnd: Equatable {
  let family: UInt8
  /// Both in network order. An IPv4 address is the first word.
  let address: SIMD4<UInt32>
  let port: UInt16

  init(family: UInt8, address: SIMD4<UInt32>, port: UInt16) {
    self.port = port
    let prefix: SIMD4<UInt32> = [0, 0, UInt32(bigEndian: 0xFFFF), address[3]]
    let isMapped = Int32(family) == AF_INET6 && address == prefix
    self.family = isMapped ? UInt8(AF_INET) : family
    self.address = isMapped ? [address[3], 0, 0, 0] : address
  }

  /// Nil for what is no internet address.
  init?(_ address: SocketAddress) {
    let family = UInt8(truncatingIfNeeded: address.family)
    switch address.family {
    case AF_INET:
      let address = withUnsafeBytes(of: address.storage) { $0.load(as: sockaddr_in.self) }
      self.init(family: family, address: [address.sin_addr.s_addr, 0, 0, 0], port: address.sin_port)
    case AF_INET6:
      let address = withUnsafeBytes(of: address.storage) { $0.load(as: sockaddr_in6.self) }
      let words = withUnsafeBytes(of: address.sin6_addr) { $0.loadUnaligned(as: SIMD4<UInt32>.self) }
      self.init(family: family, address: words, port: address.sin6_port)
    default: return nil
    }
  }
}

/// Which socket has its own end at `source`, and the other end at `destination`?
struct InetDiagQuestion: Equatable {
  let source: InetEnd
  let destination: InetEnd

  /// About the socket at the other end of this one.
  var reversed: InetDiagQuestion { InetDiagQuestion(source: destination, destination: source) }

  /// - Parameter sequence: comes back in the answer.
  func octets(sequence: UInt32) -> [UInt8] {
    var request = inet_diag_req_v2()
    request.sdiag_family = source.family
    request.sdiag_protocol = UInt8(IPPROTO_TCP)
    request.idiag_states = .max
    request.id = inet_diag_sockid(
      idiag_sport: source.port, idiag_dport: destination.port, idiag_src: source.address.words,
      idiag_dst: destination.address.words, idiag_if: 0, idiag_cookie: (.max, .max))  // INET_DIAG_NOCOOKIE
    let header = nlmsghdr(
      nlmsg_len: UInt32(MemoryLayout<nlmsghdr>.size + MemoryLayout<inet_diag_req_v2>.size),
      nlmsg_type: UInt16(SOCK_DIAG_BY_FAMILY), nlmsg_flags: UInt16(NLM_F_REQUEST), nlmsg_seq: sequence, nlmsg_pid: 0)
    return withUnsafeBytes(of: header) { Array($0) } + withUnsafeBytes(of: request) { Array($0) }
  }
}

extension SIMD4<UInt32> {
  fileprivate var words: (UInt32, UInt32, UInt32, UInt32) { (self[0], self[1], self[2], self[3]) }

  init(_ words: (UInt32, UInt32, UInt32, UInt32)) { self = [words.0, words.1, words.2, words.3] }
}
