// Reads lines and entries back by their own grammars, and stands for standard error and the journal.

import Foundation
import Glibc
import Logging
import Synchronization

@testable import Logs

// MARK: One line

func event(_ event: LoggedEvent, _ fields: LoggedFields = [:]) -> LogEvent {
  LogEvent(
    level: event.level, message: "\(event.rawValue)", metadata: fields.metadata, source: nil, file: "", function: "",
    line: 0)
}

func text(_ record: LogRecord) -> String {
  var line: [UInt8] = []
  record.appendLogfmt(at: nil, to: &line)
  return String(decoding: line, as: UTF8.self)
}

func line(_ which: LoggedEvent, _ fields: LoggedFields, as format: LogFormat) -> String {
  let record = LogRecord(event(which, fields))
  var line: [UInt8] = []
  if format == .json { record.appendJSON(at: .now, to: &line) } else { record.appendLogfmt(at: .now, to: &line) }
  return String(decoding: line, as: UTF8.self)
}

extension LoggedFields {
  static func of(_ pairs: [(LogField, String)]) -> LoggedFields {
    pairs.reduce(into: [:]) { $0 = $0 + [$1.0: $1.1] }
  }
}

extension String {
  var harmlessButLineEnds: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar.value {
      case 0x0A: text.unicodeScalars.append(scalar)
      case 0...0x1F, 0x7F...0x9F, 0x202E, 0x2028:
        text +=
          "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
          + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}

struct Unreadable: Error {}

/// The grammar of logfmt as other programs read it: `key=value` and `key="a string of JSON"`, with blanks between.
enum LogfmtReading {
  static func fields(of line: String) throws -> [String: String] {
    var fields: [String: String] = [:]
    var rest = Substring(line).utf8[...]
    while !rest.isEmpty {
      guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { throw Unreadable() }
      let key = String(rest[..<equals]) ?? ""
      guard !key.isEmpty, !key.contains(" ") else { throw Unreadable() }
      rest = rest[rest.index(after: equals)...]
      let value = rest.first == UInt8(ascii: "\"") ? quoted(rest) : rest.prefix { $0 != UInt8(ascii: " ") }
      rest = rest[value.endIndex...]
      let text = String(value) ?? ""
      let isQuoted = text.utf8.first == UInt8(ascii: "\"")
      guard !isQuoted || text.utf8.count >= 2 else { throw Unreadable() }
      fields[key] = isQuoted ? try JSONDecoder().decode(String.self, from: Data(text.utf8)) : text
      if let blank = rest.first {
        guard blank == UInt8(ascii: " ") else { throw Unreadable() }
        rest = rest.dropFirst()
      }
    }
    return fields
  }

  private static func quoted(_ text: Substring.UTF8View) -> Substring.UTF8View {
    var isEscaped = false
    for place in text.indices.dropFirst() {
      if isEscaped {
        isEscaped = false
      } else if text[place] == UInt8(ascii: "\\") {
        isEscaped = true
      } else if text[place] == UInt8(ascii: "\"") {
        return text[...place]
      }
    }
    return text
  }
}

/// The journal's protocol, as <https://systemd.io/JOURNAL_NATIVE_PROTOCOL> describes it.
enum JournalReading {
  static func fields(of entry: [UInt8]) throws -> [String: String] {
    var fields: [String: String] = [:]
    var rest = entry[...]
    while !rest.isEmpty {
      guard let end = rest.firstIndex(of: 0x0A) else { throw Unreadable() }
      let head = rest[..<end]
      rest = rest[(end + 1)...]
      if let equals = head.firstIndex(of: UInt8(ascii: "=")) {
        fields[String(decoding: head[..<equals], as: UTF8.self)] = String(
          decoding: head[(equals + 1)...], as: UTF8.self)
        continue
      }
      guard rest.count >= 8 else { throw Unreadable() }
      let count = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let value = rest.dropFirst(8).prefix(count)
      guard value.count == count, rest.dropFirst(8 + count).first == 0x0A else { throw Unreadable() }
      fields[String(decoding: head, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
      rest = rest.dropFirst(8 + count + 1)
    }
    return fields
  }
}

// MARK: Where lines go

/// A pipe in the place of standard error.
final class TestStream: Sendable {
  private let ends: (read: Int32, write: Int32)
  private let isClosed = Mutex(false)

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Unreadable() }
    self.ends = (ends[0], ends[1])
  }

  deinit {
    closeEnd()
    close(ends.read)
  }

  var end: Int32 { ends.write }

  /// As JOURNAL_STREAM would name it.
  var name: String {
    var found = stat()
    fstat(ends.write, &found)
    return "\(found.st_dev):\(found.st_ino)"
  }

  func closeEnd() {
    isClosed.withLock { isClosed in
      if !isClosed { close(ends.write) }
      isClosed = true
    }
  }

  /// All that was written so far. Nothing is written after it.
  func lines() -> [String] {
    closeEnd()
    return readAll().split(separator: "\n").map(String.init)
  }

  func readAll() -> String {
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(ends.read, &buffer, buffer.count)
      if count <= 0 { return String(decoding: octets, as: UTF8.self) }
      octets += buffer[..<count]
    }
  }
}

extension Thread {
  /// What a thread has read when the stream has ended.
  final class Reading: Sendable {
    private let text = Mutex("")
    private let isDone = DispatchSemaphore(value: 0)

    func begin(_ stream: TestStream) {
      Thread.detachNewThread { [self] in
        let read = stream.readAll()
        text.withLock { $0 = read }
        isDone.signal()
      }
    }

    func wait() -> String {
      isDone.wait()
      return text.withLock { $0 }
    }
  }

  static func reading(_ stream: TestStream) -> Reading {
    let reading = Reading()
    reading.begin(stream)
    return reading
  }
}

/// A datagram socket that takes entries as the journal does.
final class FakeJournal: Sendable {
  let path: String
  private let socket: Int32

  static func newPath() -> String { "\(NSTemporaryDirectory())journal-\(UUID().uuidString.prefix(8))" }

  init(_ path: String = FakeJournal.newPath()) throws {
    self.path = path
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0 else { throw Unreadable() }
  }

  deinit {
    close(socket)
    unlink(path)
  }

  func next() throws -> [String: String] {
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    // What was sent is there: a datagram of this host is not under way.
    let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    guard count > 0 else { throw Unreadable() }
    return try JournalReading.fields(of: Array(buffer[..<count]))
  }
}
