// Both ends of TLS are ours; what stands between them does as the input says.

import Dispatch
import Foundation
import Support
import Synchronization
import Platform

@testable import Sockets
@testable import TLS

extension Target {
  /// `p` passes on what waits, `s` only the next octet's worth of it, `f` flips a bit in the octet at that place, `d`
  /// drops so many, `r` says it all twice, `i` puts the next octets in front, `c` hangs up. Both sides then hear what
  /// the other said, or less, and never anything else.
  static let tls = Target(name: "tls") { octets in
    let outcome = Mutex<Result<Void, any Error>?>(nil)
    let isDone = DispatchSemaphore(value: 0)
    loop.start {
      var interference = Interference(octets[...])
      let result = Result { try interference.run() }
      outcome.withLock { $0 = result }
      isDone.signal()
    }
    isDone.wait()
    try outcome.withLock { $0 }?.get()
  }
}

private let loop = {
  let loop = EventLoop(name: "fuzzed")
  loop.start()
  return loop
}()

// Made once: each handshake uses a port of its own, so none is resumed from an earlier input's.
private let contexts: Result<(client: TLSContext, server: TLSContext), any Error> = Result {
  let file = TestCertificate.good
  return (
    try .client(extraAuthorities: try String(contentsOfFile: TestCertificate.authorityFile, encoding: .utf8)),
    try .server(certificateFile: file.chainFile, keyFile: file.keyFile)
  )
}
private let ports = Atomic<UInt16>(1)

private struct Interference {
  private var orders: ArraySlice<UInt8>
  private let isNone: Bool

  init(_ orders: ArraySlice<UInt8>) {
    self.orders = orders
    isNone = orders.isEmpty
  }

  mutating func run() throws {
    let contexts = try contexts.get()
    let port = ports.wrappingAdd(1, ordering: .relaxed).newValue
    let client = try Party(says: "EHLO relay.example\r\n") {
      try .client(contexts.client, on: $0, verifying: "localhost", port: port)
    }
    let server = try Party(says: "220 smtp.example ready\r\n") { .server(contexts.server, on: $0) }
    var isQuiet = false
    while !isQuiet || !orders.isEmpty, !client.isOver || !server.isOver {
      client.step()
      server.step()
      let (asked, answered) = (pass(from: client, to: server), pass(from: server, to: client))
      isQuiet = !asked && !answered
    }
    for (speaker, hearer) in [(client, server), (server, client)] {
      try demand(speaker.says.starts(with: hearer.heard), "heard \(hearer.heard.text)")
      if isNone { try demand(hearer.heard == speaker.says, "heard only \(hearer.heard.text)") }
    }
  }

  /// Returns whether there was anything to pass on.
  private mutating func pass(from speaker: Party, to hearer: Party) -> Bool {
    var octets = speaker.takeSaid()
    let isSilent = octets.isEmpty
    let order = orders.popFirst().map { UnicodeScalar($0) }
    if order == "c" { hearer.hangUp() }
    let place = order == nil || order == "p" || order == "r" ? 0 : Int(orders.popFirst() ?? 0)
    switch order {
    case "s":
      speaker.keep(octets.dropFirst(place))
      octets = Array(octets.prefix(place))
    case "f" where !octets.isEmpty: octets[place % octets.count] ^= 1
    case "d": octets.removeFirst(min(place, octets.count))
    case "r": octets += octets
    case "i":
      octets.insert(contentsOf: orders.prefix(place), at: 0)
      orders = orders.dropFirst(place)
    default: break
    }
    hearer.hear(octets)
    return !isSilent
  }
}

/// One end, and the socket that stands for the rest of the world to it.
private final class Party {
  let says: [UInt8]
  private(set) var heard: [UInt8] = []
  private(set) var isOver = false
  private let session: TLSSession
  private let channel: Channel
  private let world: Descriptor
  private var kept: [UInt8] = []
  private var isReady = false
  private var saidOctets = 0

  init(says: String, _ begin: (Channel) throws -> TLSSession) throws {
    var pair: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
    guard socketpair(AF_UNIX, type, 0, &pair) == 0 else { throw Fault(description: "no sockets: \(errno)") }
    self.says = Array(says.utf8)
    channel = Channel(Descriptor(owning: pair[0]), in: loop)
    world = Descriptor(owning: pair[1])
    session = try begin(channel)
  }

  func step() {
    (channel.slot.readable, channel.slot.writable) = (true, true)
    if !isReady, !isOver { shakeHands() }
    if isReady, !isOver { talk() }
  }

  private func shakeHands() {
    do { isReady = try session.handshake() == nil } catch { isOver = true }
  }

  private func talk() {
    if saidOctets < says.count, case .octets(let count) = says[saidOctets...].withUnsafeBytes(session.write) {
      saidOctets += count
    }
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
      while true {
        switch session.read(into: buffer) {
        case .octets(let count): heard += buffer.prefix(count)
        case .wantsRead, .wantsWrite: return
        case .ended, .failed:
          isOver = true
          return
        }
      }
    }
  }

  // MARK: The rest of the world

  func takeSaid() -> [UInt8] {
    let octets = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
      count = max(0, recv(world.number, buffer.baseAddress, buffer.count, 0))
    }
    defer { kept = [] }
    return kept + octets
  }

  func keep(_ octets: some Sequence<UInt8>) { kept = Array(octets) }

  func hear(_ octets: [UInt8]) { _ = send(world.number, octets, octets.count, Int32(MSG_NOSIGNAL)) }

  func hangUp() { _ = shutdown(world.number, Int32(SHUT_WR)) }
}
