// The load at work: every client's conversation on one thread, as its replies come.

import CLinux
import Glibc

/// Lives on the thread that runs it.
final class LoadLoop {
  private let load: Load
  private let letters: [[UInt8]]
  private let poller = Poller()
  private var clients: [LoadClient]
  private var result = LoadResult()
  private var busy = 0
  private var input = [UInt8](repeating: 0, count: 16 << 10)
  /// Clients that found no way in; they try again after a moment.
  private var waiting: [Int] = []
  private var reconnectAt: UInt64 = 0
  /// Connected, and ahead of the pace.
  private var resting: [Int] = []

  init(_ load: Load) {
    Loopback.ignoreBrokenPipes
    self.load = load
    letters = ([load.octets] + load.others).map(Load.letter)
    clients = Array(repeating: LoadClient(), count: load.clients)
  }

  func run() -> LoadResult {
    result.begin = now()
    for slot in clients.indices { connect(slot) }
    let end = result.begin + UInt64.seconds(load.giveUpAfter)
    while busy + waiting.count > 0, now() < end, result.broken < load.mostBroken {
      poller.wait(atMost: !waiting.isEmpty ? load.pauseMilliseconds : resting.isEmpty ? 100 : 5) { slot, canWrite in
        if canWrite { pushOn(slot) }
        hear(slot)
      }
      // Also when something else wakes it sooner: whoever is refused at once would try thousands of times.
      if !waiting.isEmpty, now() >= reconnectAt { connectAgain() }
      while let slot = resting.first, !isAheadOfPace {
        resting.removeFirst()
        if clients[slot].descriptor >= 0 { mail(slot) }
      }
    }
    for client in clients where client.descriptor >= 0 { close(client.descriptor) }
    return result
  }

  private var mayBegin: Bool {
    result.begun < load.messages && load.stop?.isSet != true
      && (load.seconds == .infinity || (now() - result.begin).inSeconds < load.seconds)
  }

  private var isAheadOfPace: Bool {
    load.stop?.isSet != true && Double(result.begun) > (now() - result.begin).inSeconds * load.perSecond
  }

  // MARK: Connections

  private func connectAgain() {
    reconnectAt = now() + UInt64(load.pauseMilliseconds) * 1_000_000
    let again = waiting
    waiting = []
    for slot in again { connect(slot) }
  }

  private func connect(_ slot: Int) {
    guard mayBegin else { return }
    let descriptor = Loopback.connect(load.port)
    guard descriptor >= 0 else {
      result.broken += 1
      waiting.append(slot)
      return
    }
    clients[slot] = LoadClient(descriptor: descriptor, connectedAt: now())
    busy += 1
    poller.add(descriptor, slot: slot)
  }

  private func leave(_ slot: Int) {
    close(clients[slot].descriptor)
    clients[slot].descriptor = -1
    busy -= 1
  }

  private func lose(_ slot: Int) {
    leave(slot)
    if clients[slot].phase == .resting { resting.removeAll { $0 == slot } }
    result.broken += 1
    waiting.append(slot)
  }

  // MARK: The conversation

  private func hear(_ slot: Int) {
    guard clients[slot].descriptor >= 0 else { return }
    let count = recv(clients[slot].descriptor, &input, input.count, 0)
    guard count > 0 else {
      if count < 0, errno == EAGAIN { return }
      return clients[slot].phase == .quit ? finish(slot) : lose(slot)
    }
    for index in 0..<count where clients[slot].replies.hear(input[index]) {
      answer(slot, clients[slot].replies.code)
      if clients[slot].descriptor < 0 { return }
    }
  }

  private func answer(_ slot: Int, _ code: UInt8) {
    let isGood = code == UInt8(ascii: "2") || code == UInt8(ascii: "3")
    switch clients[slot].phase {
    case .banner: isGood ? say(slot, "EHLO app.test\r\n", then: .hello) : lose(slot)
    case .hello: isGood ? mail(slot) : lose(slot)
    case .mail: isGood ? say(slot, "RCPT TO:<ada@there.test>\r\n", then: .recipient) : refuse(slot)
    case .recipient: isGood ? say(slot, "DATA\r\n", then: .data) : refuse(slot)
    case .data: isGood ? sendLetter(slot) : refuse(slot)
    case .letter:
      if !isGood { result.refusedNumbers.append(clients[slot].sequence) }
      isGood ? accept(slot) : refuse(slot)
    // Nobody asked: it is being shut down.
    case .resting: break
    case .reset: next(slot)
    case .quit: finish(slot)
    }
  }

  private func mail(_ slot: Int) {
    guard mayBegin else { return say(slot, "QUIT\r\n", then: .quit) }
    guard !isAheadOfPace else {
      clients[slot].phase = .resting
      return resting.append(slot)
    }
    clients[slot].sequence = load.first + UInt32(result.begun)
    clients[slot].mailAt = now()
    result.begun += 1
    say(slot, "MAIL FROM:<erp@app.test>\r\n", then: .mail)
  }

  private func accept(_ slot: Int) {
    let time = now()
    result.accepted += 1
    result.acceptedNumbers.append(clients[slot].sequence)
    result.lastAccepted = time
    result.mailTo250.add(time - clients[slot].mailAt)
    if clients[slot].isFirst { result.connectTo250.add(time - clients[slot].connectedAt) }
    clients[slot].isFirst = false
    next(slot)
  }

  private func refuse(_ slot: Int) {
    result.refused += 1
    result.refusals[clients[slot].replies.number, default: 0] += 1
    say(slot, "RSET\r\n", then: .reset)
  }

  private func next(_ slot: Int) { load.reconnects ? say(slot, "QUIT\r\n", then: .quit) : mail(slot) }

  private func finish(_ slot: Int) {
    leave(slot)
    connect(slot)
  }

  // MARK: Writing

  private func say(_ slot: Int, _ line: StaticString, then phase: LoadClient.Phase) {
    clients[slot].phase = phase
    let sent = send(clients[slot].descriptor, line.utf8Start, line.utf8CodeUnitCount, Int32(MSG_NOSIGNAL))
    if sent != line.utf8CodeUnitCount { lose(slot) }
  }

  private func letter(of sequence: UInt32) -> [UInt8] {
    guard !load.others.isEmpty, Int(sequence) % load.otherEvery == 0 else { return letters[0] }
    return letters[1 + Int(sequence) / load.otherEvery % load.others.count]
  }

  private func sendLetter(_ slot: Int) {
    clients[slot].phase = .letter
    clients[slot].sent = 0
    let octets = UInt32(Stamp.lineOctets + letter(of: clients[slot].sequence).count - 3)
    Stamp(run: load.run, sequence: clients[slot].sequence, time: clients[slot].mailAt, octets: octets)
      .write(into: &clients[slot].stamp)
    pushOn(slot)
  }

  /// Writes what the socket takes of stamp and letter; the rest when it takes more.
  private func pushOn(_ slot: Int) {
    guard clients[slot].descriptor >= 0, clients[slot].phase == .letter else { return }
    let letter = letter(of: clients[slot].sequence)
    let total = Stamp.lineOctets + letter.count
    while clients[slot].sent < total {
      let count = writeSome(slot, of: letter)
      if count > 0 {
        clients[slot].sent += count
      } else if errno == EAGAIN {
        clients[slot].waitsToWrite = true
        return poller.change(clients[slot].descriptor, slot: slot, [.read, .write])
      } else {
        return lose(slot)
      }
    }
    guard clients[slot].waitsToWrite else { return }
    clients[slot].waitsToWrite = false
    poller.change(clients[slot].descriptor, slot: slot, .read)
  }

  private func writeSome(_ slot: Int, of letter: [UInt8]) -> Int {
    let (descriptor, sent) = (clients[slot].descriptor, clients[slot].sent)
    return clients[slot].stamp.withUnsafeBytes { stamp in
      letter.withUnsafeBytes { letter in
        let parts = [
          Self.part(of: stamp, from: sent), Self.part(of: letter, from: max(0, sent - stamp.count)),
        ]
        return writev(descriptor, parts, 2)
      }
    }
  }

  private static func part(of octets: UnsafeRawBufferPointer, from start: Int) -> iovec {
    let start = min(start, octets.count)
    let rest = UnsafeMutableRawPointer(mutating: octets.baseAddress.map { $0 + start })
    return iovec(iov_base: rest, iov_len: octets.count - start)
  }
}
