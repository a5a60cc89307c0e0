// The sink's thread: accepts, reads, lets each connection's conversation answer, and writes what it says.

import Glibc

final class SinkLoop {
  private let sink: Sink
  private let listener: Int32
  private let tls: SinkTLS?
  private let stopped: Stop
  private let poller = Poller()
  private var lines: [SinkLine?] = []
  private var free: [Int] = []
  private var input = [UInt8](repeating: 0, count: 256 << 10)
  /// Replies that wait for their time, in the order in which they are due.
  private var late: [(due: UInt64, slot: Int, line: ObjectIdentifier)] = []

  init(_ sink: Sink, listener: Int32, tls: SinkTLS?, stopped: Stop) {
    self.sink = sink
    self.listener = listener
    self.tls = tls
    self.stopped = stopped
  }

  func run() {
    poller.add(listener, slot: Poller.listener)
    while !stopped.isSet {
      poller.wait(atMost: late.isEmpty ? 100 : 1) { slot, _ in
        slot == Poller.listener ? acceptAll() : serve(slot)
      }
      if !late.isEmpty { sayWhatIsDue() }
    }
    close(listener)
    for slot in lines.indices where lines[slot] != nil { end(slot) }
  }

  private func acceptAll() {
    // A few at a time: those that are connected are served between.
    for _ in 0..<64 {
      let descriptor = Loopback.accept(listener)
      guard descriptor >= 0 else { return }
      let slot = free.popLast() ?? lines.count
      if slot == lines.count { lines.append(nil) }
      let line = SinkLine(descriptor, settings: sink.settings, tls: tls, manners: sink.manners)
      lines[slot] = line
      sink.note { $0.connect() }
      poller.add(descriptor, slot: slot)
      send(line, slot)
    }
  }

  private func serve(_ slot: Int) {
    guard let line = lines[slot] else { return }
    var count = 0
    repeat {
      count = line.read(into: &input)
      if count > 0 {
        input.withUnsafeBytes { line.conversation.hear(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        learn(from: line)
        if line.conversation.startsTLS { line.startTLS(tls) }
      }
    } while count > 0 && line.hasMore
    if count == 0 { return end(slot) }
    send(line, slot)
  }

  private func learn(from line: SinkLine) {
    let signedIn = line.newlySignedIn()
    guard signedIn || !line.conversation.arrived.isEmpty else { return }
    let time = now()
    // Before the line can break.
    for id in line.conversation.arrived.compactMap(\.messageID) { sink.settings.sent?.file(id) }
    sink.note {
      for message in line.conversation.arrived { $0.add(message.stamp, octets: message.octets, at: time) }
      if signedIn { $0.signIns += 1 }
    }
    line.conversation.arrived.removeAll(keepingCapacity: true)
  }

  // MARK: Replies

  private func send(_ line: SinkLine, _ slot: Int) {
    if line.newlyShaken() { sink.note { $0.handshakes += 1 } }
    guard !line.conversation.replies.isEmpty else { return flush(line, slot) }
    guard sink.settings.replyDelay > 0 else {
      line.takeReplies()
      return flush(line, slot)
    }
    let due = now() + UInt64.seconds(sink.settings.replyDelay)
    line.delayed.append(line.conversation.replies)
    line.conversation.replies = []
    late.append((due, slot, ObjectIdentifier(line)))
  }

  private func sayWhatIsDue() {
    let time = now()
    let due = late.prefix { $0.due <= time }
    for reply in due {
      guard let line = lines[reply.slot], ObjectIdentifier(line) == reply.line else { continue }
      line.output += line.delayed.removeFirst()
      flush(line, reply.slot)
    }
    late.removeFirst(due.count)
  }

  private func flush(_ line: SinkLine, _ slot: Int) {
    switch line.flush() {
    case .done:
      if line.waitsToWrite { poller.change(line.descriptor, slot: slot, .read) }
      line.waitsToWrite = false
      if line.conversation.trouble?.breaksLine == true { line.reset() }
      let isOver = line.conversation.isOver || (line.conversation.trouble.map { $0 != .stall } ?? false)
      if isOver, line.delayed.isEmpty { end(slot) }
    case .more:
      line.waitsToWrite = true
      poller.change(line.descriptor, slot: slot, [.read, .write])
    case .broken: end(slot)
    }
  }

  private func end(_ slot: Int) {
    guard let line = lines[slot] else { return }
    line.close()
    lines[slot] = nil
    free.append(slot)
    sink.note { $0.disconnect() }
  }
}
