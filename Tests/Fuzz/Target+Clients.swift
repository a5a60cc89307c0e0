// Who a client is: what proxies say before it speaks, and what the kernel answers.

import Support

@testable import Sockets

extension Target {
  /// A line of a proxy, with whatever follows.
  static let proxyLine = Target(name: "proxy-line") { octets in
    try check(octets, mostOctets: 107, startsWith: Array("PROXY ".utf8))
  }

  /// A binary header of a proxy, with whatever follows.
  static let proxyBinary = Target(name: "proxy-binary") { octets in
    try check(octets, mostOctets: 536, startsWith: Array("\r\n\r\n\0\r\nQUIT\n".utf8))
  }

  /// However it comes, it is the same header and of the same length, or wrong in the same way; and whoever it names has an
  /// address.
  private static func check(_ octets: [UInt8], mostOctets: Int, startsWith signature: [UInt8]) throws {
    let found = try same(however: octets, "the header") { pieces in
      var come: [UInt8] = []
      for piece in pieces {
        come += piece
        let reading = ProxyHeaderReading(come)
        if reading != .needsMore { return reading }
      }
      return .needsMore
    }
    try demand(found == ProxyHeaderReading(octets), "\(found) became \(ProxyHeaderReading(octets))")
    guard octets.starts(with: signature) else { return }
    switch found {
    case .needsMore: try demand(octets.count < mostOctets, "it waits for more than \(mostOctets) octets")
    case .header(let header, let count):
      try demand(count <= min(mostOctets, octets.count), "a header of \(count) octets")
      guard case .client(let endpoint) = header else { return }
      try demand(SocketAddress(endpoint) != nil, "\(endpoint) is no address")
    case .malformed(let fault): try demand(fault != .missing, "its beginning was not seen")
    }
  }

  /// An answer of the kernel about a socket. Root is never guessed, and a shorter answer never says more.
  static let socketAnswer = Target(name: "socket-answer") { octets in
    let sequence =
      octets.count < 12 ? 0 : octets.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self) }
    // Of Tests/Corpus/socket-answer.
    let end = { InetEnd(family: 2, address: [0x0100_007F, 0, 0, 0], port: UInt16(bigEndian: $0)) }
    let question = InetDiagQuestion(source: end(40000), destination: end(2525))
    let read = { (octets: [UInt8]) in
      octets.withUnsafeBytes { InetDiagAnswer(in: $0, to: question, sequence: sequence) }
    }
    guard case .socket(let socket) = read(octets) else { return }
    let peer = KernelPeer(socket, overflowUser: 65534)
    try demand(peer.uid == nil || peer.uid != 65534, "a user who is none")
    try demand(peer.uid != 0 || socket.inode != 0, "root, of a socket that is nobody's")
    for cut in 0..<octets.count {
      if case .socket(let other) = read(Array(octets.prefix(cut))) {
        try demand(other == socket, "\(other) of \(cut) octets, else \(socket)")
      }
    }
  }
}
