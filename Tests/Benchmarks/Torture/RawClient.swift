// A client that sends what it is told and waits for what comes, with a limit to its patience. Blocking.

import Glibc

final class RawClient {
  let descriptor: Int32
  private var input: [UInt8] = []

  /// `nil` when nobody takes the connection.
  init?(_ port: UInt16) {
    Loopback.ignoreBrokenPipes
    descriptor = Loopback.connect(port)
    guard descriptor >= 0 else { return nil }
  }

  deinit { close(descriptor) }

  /// False when the line broke, or the other side took nothing for so long.
  @discardableResult func say(_ octets: [UInt8], seconds: Double = 10) -> Bool {
    var sent = 0
    while sent < octets.count {
      let count = octets[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN || errno == EINPROGRESS || errno == ENOTCONN {
        guard wait(for: POLLOUT, seconds) else { return false }
      } else {
        return false
      }
    }
    return true
  }

  @discardableResult func say(_ text: String) -> Bool { say(Array(text.utf8)) }

  /// The code of the next reply, all its lines read; 0 when the line ends first or the time is over.
  func hear(seconds: Double = 10) -> Int {
    let end = now() + UInt64.seconds(seconds)
    while true {
      while let feed = input.firstIndex(of: 10) {
        let line = input[..<feed]
        let isLast = line.count < 4 || line[3] != UInt8(ascii: "-")
        let code = Int(String(decoding: line.prefix(3), as: UTF8.self)) ?? 0
        input.removeFirst(feed + 1)
        if isLast { return code }
      }
      let time = now()
      guard time < end, wait(for: POLLIN, (end - time).inSeconds) else { return 0 }
      var piece = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { return 0 }
      input += piece[..<count]
    }
  }

  /// What comes of each line, in order; ends at the first silence.
  func ask(_ lines: String..., seconds: Double = 10) -> [Int] {
    lines.map { say($0 + "\r\n") ? hear(seconds: seconds) : 0 }
  }

  /// Greeting to DATA; the code that DATA got.
  func begin() -> Int {
    _ = hear()
    return ask("EHLO raw.test", "MAIL FROM:<raw@app.test>", "RCPT TO:<ada@there.test>", "DATA").last ?? 0
  }

  /// RST in the middle of a message.
  func leaveInTheMiddle() {
    _ = begin()
    say("Subject: never whole\r\n\r\nThis is the beginni")
    reset()
  }

  /// Closing it is an RST from now on.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  private func wait(for events: Int32, _ seconds: Double) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    return poll(&waiting, 1, Int32(seconds * 1000)) == 1
  }
}
