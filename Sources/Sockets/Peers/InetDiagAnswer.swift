// The answer of sock_diag(7): netlink messages, and in one of them struct inet_diag_msg with its attributes. Read from
// octets that need not be what they should be.
import CLinux
import Glibc

/// A TCP socket of this host, as the kernel knows it.
struct InetDiagSocket: Equatable {
  let source: InetEnd
  let destination: InetEnd
  let state: UInt8
  let uid: UInt32
  /// 0 once the program has closed it.
  let inode: UInt32
  var cgroup: UInt64?
}

/// What came for one question.
enum InetDiagAnswer: Equatable {
  case socket(InetDiagSocket)
  /// The error's number. ENOENT: there is no such socket, or this kernel cannot be asked.
  case refused(Int32)
  /// These octets hold no answer to that question.
  case none
}

extension InetDiagAnswer {
  init(in octets: UnsafeRawBufferPointer, to question: InetDiagQuestion, sequence: UInt32) {
    self = .none
    var rest = octets
    while let header = rest.value(nlmsghdr.self), let message = rest.takePiece(of: Int(header.nlmsg_len)) {
      guard header.nlmsg_seq == sequence else { continue }
      let body = UnsafeRawBufferPointer(rebasing: message.dropFirst(MemoryLayout<nlmsghdr>.size))
      switch Int32(header.nlmsg_type) {
      case NLMSG_ERROR:
        if let code = body.value(Int32.self) { self = .refused(code == .min ? .max : -code) }
        return
      case Int32(SOCK_DIAG_BY_FAMILY):
        // The kernel looks among listeners too where no connection fits. They are nobody's other end.
        guard let socket = InetDiagSocket(body), socket.answers(question) else { return }
        self = .socket(socket)
        return
      default: continue
      }
    }
  }
}

extension InetDiagSocket {
  /// - Parameter octets: of one message, without its header.
  fileprivate init?(_ octets: UnsafeRawBufferPointer) {
    guard let message = octets.value(inet_diag_msg.self) else { return nil }
    let (id, family) = (message.id, message.idiag_family)
    source = InetEnd(family: family, address: SIMD4(id.idiag_src), port: id.idiag_sport)
    destination = InetEnd(family: family, address: SIMD4(id.idiag_dst), port: id.idiag_dport)
    (state, uid, inode) = (message.idiag_state, message.idiag_uid, message.idiag_inode)
    var rest = UnsafeRawBufferPointer(rebasing: octets.dropFirst(MemoryLayout<inet_diag_msg>.size))
    while let header = rest.value(nlattr.self), let attribute = rest.takePiece(of: Int(header.nla_len)) {
      guard Int(header.nla_type) == Int(INET_DIAG_CGROUP_ID) else { continue }
      cgroup = UnsafeRawBufferPointer(rebasing: attribute.dropFirst(MemoryLayout<nlattr>.size)).value(UInt64.self)
    }
  }

  fileprivate func answers(_ question: InetDiagQuestion) -> Bool {
    source == question.source && destination == question.destination
  }
}

extension UnsafeRawBufferPointer {
  /// The value at the beginning; nil where there are fewer octets.
  fileprivate func value<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
    count >= MemoryLayout<Value>.size ? loadUnaligned(as: type) : nil
  }

  /// Takes away a message or an attribute, whose header is part of it, and what fills it up to four octets.
  ///
  /// - Returns: nil where `length` is not that of a piece in here.
  fileprivate mutating func takePiece(of length: Int) -> UnsafeRawBufferPointer? {
    guard length >= MemoryLayout<nlattr>.size, length <= count else { return nil }
    let piece = UnsafeRawBufferPointer(rebasing: self[..<length])
    self = UnsafeRawBufferPointer(rebasing: dropFirst((length + 3) & ~3))
    return piece
  }
}
