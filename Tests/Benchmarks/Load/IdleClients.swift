// Connections that say EHLO once and then nothing, held open to see what each costs a relay.

import Glibc

/// Held until `close`.
final class IdleClients {
  private var descriptors: [Int32] = []
  /// How many were greeted and answered; a relay that serves fewer than it was asked for says so here.
  private(set) var served = 0

  /// - Parameter seconds: how long to wait for those that have no answer yet.
  init(_ count: Int, port: UInt16, seconds: Double) {
    let poller = Poller()
    let end = now() + UInt64.seconds(seconds)
    var ears: [ReplyEar] = []
    var replies: [Int] = []
    var input = [UInt8](repeating: 0, count: 4096)
    // A little at a time, so that no backlog overflows and none waits for a second SYN.
    while served < count, now() < end {
      for _ in 0..<min(200, count - descriptors.count) {
        let descriptor = Loopback.connect(port)
        guard descriptor >= 0 else { break }
        poller.add(descriptor, slot: descriptors.count)
        descriptors.append(descriptor)
        ears.append(ReplyEar())
        replies.append(0)
      }
      poller.wait(atMost: 50) { slot, _ in
        let length = recv(descriptors[slot], &input, input.count, 0)
        if length == 0 { return poller.remove(descriptors[slot]) }
        for index in 0..<max(0, length) where ears[slot].hear(input[index]) {
          guard ears[slot].code == UInt8(ascii: "2") else { continue }
          replies[slot] += 1
          if replies[slot] == 1 { send(descriptors[slot], "EHLO app.test\r\n", 15, Int32(MSG_NOSIGNAL)) }
          if replies[slot] == 2 { served += 1 }
        }
      }
    }
  }

  func close() {
    for descriptor in descriptors { Glibc.close(descriptor) }
    descriptors = []
  }
}
