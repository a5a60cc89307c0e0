// What the kernel is asked, what it answers, and what of that may be believed.

import CLinux
import Glibc
import Testing

@testable import Sockets

private func end(_ host: String, _ port: UInt16) throws -> InetEnd {
  try #require(SocketAddress(Endpoint(host: host, port: port)).flatMap(InetEnd.init))
}

private func question(_ client: String = "127.0.0.1") throws -> InetDiagQuestion {
  InetDiagQuestion(source: try end(client, 40000), destination: try end(client, 2525))
}

private func octets(of value: some Any) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

/// A message of netlink, filled up to four octets.
private func message(_ type: Int32, sequence: UInt32 = 7, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
  let header = nlmsghdr(
    nlmsg_len: UInt32(length ?? 16 + body.count), nlmsg_type: UInt16(type), nlmsg_flags: 0, nlmsg_seq: sequence,
    nlmsg_pid: 0)
  return octets(of: header) + body + [UInt8](repeating: 0, count: -body.count & 3)
}

private func socket(
  uid: UInt32, inode: UInt32, state: UInt8 = 1, family: Int32 = AF_INET, source: [UInt32] = [0x0100_007F],
  port: UInt16 = 40000, attributes: [UInt8] = cgroup(25)
) -> [UInt8] {
  func words(_ words: [UInt32]) -> (UInt32, UInt32, UInt32, UInt32) {
    let whole = words + [0, 0, 0]
    return (whole[0], whole[1], whole[2], whole[3])
  }
  var body = inet_diag_msg()
  body.idiag_family = UInt8(family)
  body.idiag_state = state
  body.id = inet_diag_sockid(
    idiag_sport: port.bigEndian, idiag_dport: UInt16(2525).bigEndian, idiag_src: words(source),
    idiag_dst: words(source), idiag_if: 0, idiag_cookie: (1, 2))
  body.idiag_uid = uid
  body.idiag_inode = inode
  return octets(of: body) + attributes
}

private func attribute(_ type: UInt16, _ value: [UInt8], length: UInt16? = nil) -> [UInt8] {
  octets(of: nlattr(nla_len: length ?? UInt16(4 + value.count), nla_type: type)) + value
    + [UInt8](repeating: 0, count: -value.count & 3)
}

private func cgroup(_ id: UInt64) -> [UInt8] { attribute(21, octets(of: id)) }

private func answer(_ octets: [UInt8], to question: InetDiagQuestion) -> InetDiagAnswer {
  octets.withUnsafeBytes { InetDiagAnswer(in: $0, to: question, sequence: 7) }
}

private func peer(_ octets: [UInt8], to question: InetDiagQuestion) -> KernelPeer? {
  guard case .socket(let socket) = answer(octets, to: question) else { return nil }
  return KernelPeer(socket, overflowUser: 65534)
}

@Suite struct `What the kernel is asked about the other end` {
  @Test func `one socket by both of its ends, whatever its state, and no list`() throws {
    let octets = try question().octets(sequence: 7)
    let expected: [UInt8] =
      [72, 0, 0, 0, 20, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0]  // length, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 7, from nobody
      + [2, 6, 0, 0, 255, 255, 255, 255]  // AF_INET, IPPROTO_TCP, no extensions, all states
      + [0x9C, 0x40, 0x09, 0xDD]  // 40000, 2525
      + [127, 0, 0, 1] + [UInt8](repeating: 0, count: 12) + [127, 0, 0, 1] + [UInt8](repeating: 0, count: 12)
      + [0, 0, 0, 0] + [UInt8](repeating: 255, count: 8)  // any interface, INET_DIAG_NOCOOKIE
    #expect(octets == expected)
  }

  @Test func `an IPv4 client of an IPv6 socket is asked for as IPv4`() throws {
    #expect(try question("::ffff:127.0.0.1") == question())
    #expect(try question("::1").octets(sequence: 7)[16] == UInt8(AF_INET6))
  }
}

@Suite struct `What the kernel answers about the other end` {
  /// SOCK_DIAG_BY_FAMILY, which is no part of the answer that is varied.
  private static let diag: Int32 = 20

  @Test(arguments: [
    (uid: 33, inode: 9, state: 1, KernelPeer(uid: 33, cgroup: 25)),
    (uid: 0, inode: 9, state: 1, KernelPeer(uid: 0, cgroup: 25)),
    (uid: 33, inode: 9, state: 5, KernelPeer(uid: 33, cgroup: 25)),  // it has sent all it will send
    (uid: 33, inode: 0, state: 4, KernelPeer(uid: 33, cgroup: 25)),  // closed, and still remembered
    (uid: 0, inode: 0, state: 4, KernelPeer(uid: nil, cgroup: 25)),  // closed: it may have been anybody's
    (uid: 0, inode: 0, state: 5, KernelPeer(uid: nil, cgroup: 25)),
    (uid: 0, inode: 0, state: 6, KernelPeer(uid: nil, cgroup: 25)),
    (uid: 4242, inode: 9, state: 1, KernelPeer(uid: 4242, cgroup: 25)),
    (uid: 65534, inode: 9, state: 1, KernelPeer(uid: nil, cgroup: 25)),  // of no user in this namespace
  ])
  func `a user is believed unless the socket is nobody's any more`(
    uid: UInt32, inode: UInt32, state: UInt8, expected: KernelPeer
  ) throws {
    let octets = message(Self.diag, socket(uid: uid, inode: inode, state: state))
    #expect(peer(octets, to: try question()) == expected)
  }

  @Test(
    arguments: [
      ([], nil),
      (cgroup(1), 1),
      (attribute(1, [1, 2, 3]) + cgroup(25) + attribute(2, []), 25),
      (attribute(21, [1, 2, 3, 4]), nil),  // too short
      (attribute(21, octets(of: UInt64(25)), length: 400), nil),  // longer than the message
      (attribute(1, [], length: 3) + cgroup(25), nil),  // shorter than its own header
      (attribute(1, [], length: 0) + cgroup(25), nil),
      ([21, 0], nil),
    ] as [([UInt8], UInt64?)])
  func `the control group is an attribute, if it is there`(attributes: [UInt8], cgroup: UInt64?) throws {
    let octets = message(Self.diag, socket(uid: 33, inode: 9, attributes: attributes))
    #expect(peer(octets, to: try question()) == KernelPeer(uid: 33, cgroup: cgroup))
  }

  @Test func `an IPv6 socket to an IPv4 address is the one that was asked for`() throws {
    let mapped: [UInt32] = [0, 0, 0xFFFF_0000, 0x0100_007F]
    let octets = message(Self.diag, socket(uid: 33, inode: 9, family: AF_INET6, source: mapped))
    #expect(peer(octets, to: try question())?.uid == 33)
  }

  @Test(arguments: [
    socket(uid: 0, inode: 9, state: 10, port: 2525),  // a listener, for want of a connection
    socket(uid: 0, inode: 9, port: 40001),
    socket(uid: 0, inode: 9, source: [0x0200_007F]),
    socket(uid: 0, inode: 9, family: AF_INET6),
    socket(uid: 0, inode: 9, attributes: []).dropLast(),
    [],
  ])
  func `another socket, or half of one, is no answer`(body: [UInt8]) throws {
    #expect(answer(message(Self.diag, body), to: try question()) == .none)
  }

  @Test(arguments: [(-ENOENT, ENOENT), (-EPERM, EPERM), (0, 0), (.min, .max)] as [(Int32, Int32)])
  func `an error is told as such`(code: Int32, told: Int32) throws {
    #expect(answer(message(NLMSG_ERROR, octets(of: code)), to: try question()) == .refused(told))
  }

  @Test func `answers to earlier questions are passed over`() throws {
    let earlier = message(NLMSG_ERROR, sequence: 6, octets(of: -ENOENT))
    let octets = earlier + message(Self.diag, socket(uid: 33, inode: 9))
    #expect(peer(octets, to: try question())?.uid == 33)
    #expect(answer(earlier, to: try question()) == .none)
  }

  @Test func `no cut of an answer is an answer of another meaning`() throws {
    let whole = message(Self.diag, socket(uid: 33, inode: 9))
    for count in 0..<whole.count { #expect(answer(Array(whole.prefix(count)), to: try question()) == .none) }
  }

  @Test(arguments: [0, 3, 15, 16, 87, 1 << 20, Int(UInt32.max)])
  func `a message of a length that cannot be is no answer`(length: Int) throws {
    let octets = message(Self.diag, socket(uid: 33, inode: 9), length: length)
    #expect(answer(octets, to: try question()) == .none)
  }
}
