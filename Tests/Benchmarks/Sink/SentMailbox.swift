// The folder of what the sink has taken, as a mailbox's Sent, read by IMAP over TLS. One client at a time: one relay looks.

import COpenSSL
import Foundation
import Glibc
import Synchronization

final class SentMailbox: Sendable {
  private struct Copy {
    let messageID: String
    let filedAt: time_t
  }

  let port: UInt16
  private let listener: Int32
  private let tls: SinkTLS
  private let copies = Mutex<[Copy]>([])
  private let stopped = Stop()
  private let thread = Mutex<Worker?>(nil)

  /// Listens at once.
  init(certificate: String, key: String) throws {
    Loopback.ignoreBrokenPipes
    port = try Loopback.unusedPort()
    listener = try Loopback.listen(port).descriptor
    tls = try SinkTLS(certificate: certificate, key: key)
    thread.withLock { $0 = Worker { [self] in run() } }
  }

  func stop() {
    stopped.set()
    thread.withLock { $0.take() }?.join()
  }

  func file(_ messageID: String) {
    copies.withLock { $0.append(Copy(messageID: messageID, filedAt: time(nil))) }
  }

  // MARK: Its clients

  private func run() {
    while !stopped.isSet {
      var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 100) == 1 else { continue }
      let descriptor = Loopback.accept(listener)
      guard descriptor >= 0 else { continue }
      serve(descriptor)
      close(descriptor)
    }
    close(listener)
  }

  private func serve(_ descriptor: Int32) {
    // It waits, and not for ever.
    _ = fcntl(descriptor, F_SETFL, 0)
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard let ssl = tls.session(on: descriptor) else { return }
    defer { SSL_free(ssl) }
    var conversation = Conversation(folder: copies.withLock { $0 })
    var input: [UInt8] = []
    var said = "* OK Sent of the sink\r\n"
    while Self.say(said, to: ssl), !conversation.isOver {
      guard let line = Self.line(from: ssl, &input) else { break }
      said = conversation.answer(to: line)
    }
    SSL_shutdown(ssl)
  }

  private static func say(_ text: String, to ssl: OpaquePointer) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(Int(count))
    }
    return true
  }

  private static func line(from ssl: OpaquePointer, _ input: inout [UInt8]) -> String? {
    while true {
      if let feed = input.firstIndex(of: 10) {
        defer { input.removeFirst(feed + 1) }
        return String(decoding: input[..<feed].filter { $0 != 13 }, as: UTF8.self)
      }
      var piece = [UInt8](repeating: 0, count: 4096)
      let count = SSL_read(ssl, &piece, Int32(piece.count))
      guard count > 0, input.count < 65_536 else { return nil }
      input += piece[..<Int(count)]
    }
  }

  /// RFC 3501, as much of it as a look takes. Whoever asks is let in.
  private struct Conversation {
    let folder: [Copy]
    private(set) var isOver = false

    init(folder: [Copy]) { self.folder = folder }

    mutating func answer(to line: String) -> String {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      guard words.count > 1 else { return "* BAD What is that\r\n" }
      let ok = "\(words[0]) OK\r\n"
      switch words[1].uppercased() {
      case "CAPABILITY": return "* CAPABILITY IMAP4rev1\r\n" + ok
      case "LOGIN": return ok
      case "LIST": return "* LIST (\\Sent) \"/\" \"Sent\"\r\n" + ok
      case "EXAMINE": return "* \(folder.count) EXISTS\r\n" + ok
      case "FETCH" where words.count == 4: return fetch(words[2], words[3]) + ok
      case "LOGOUT":
        isOver = true
        return "* BYE\r\n" + ok
      default: return "\(words[0]) BAD What is that\r\n"
      }
    }

    private func fetch(_ range: String, _ items: String) -> String {
      let ends = range.split(separator: ":").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first > 0, first <= last,
        let start = items.range(of: "BODY.PEEK["), let end = items.range(of: "]")
      else { return "" }
      let section = items[start.upperBound..<end.lowerBound]
      return (first...last).filter { $0 <= folder.count }.map { number in
        let copy = folder[number - 1]
        let fields = "Message-ID: \(copy.messageID)\r\n\r\n"
        return "* \(number) FETCH (INTERNALDATE \"\(Self.date(copy.filedAt))\" "
          + "BODY[\(section)] {\(fields.utf8.count)}\r\n\(fields))\r\n"
      }.joined()
    }

    private static func date(_ time: time_t) -> String {
      var (time, parts) = (time, tm())
      gmtime_r(&time, &parts)
      var text = [CChar](repeating: 0, count: 40)
      let count = strftime(&text, text.count, "%d-%b-%Y %H:%M:%S +0000", &parts)
      return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
