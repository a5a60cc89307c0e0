// Where lines go: standard error, or the journal's socket. One for the process; every thread may write.

import Glibc
package import Logging
import Synchronization

package final class LogOutput: Sendable {
  private let settings: Mutex<LogSettings>
  /// Of `settings`, for those who ask before every line.
  private let levelPlace: Atomic<Int>
  /// From the command line: it holds whatever the configuration says.
  private let pinnedLevel: Logger.Level?
  private let stream: Int32
  private let isJournal: Bool
  private let journal: JournalSocket
  private let naming: @Sendable (String) -> String
  /// A line was cut off in the middle, because nobody read it.
  private let isMidLine = Mutex(false)

  /// Lines for standard error, and for the journal.
  ///
  /// - Parameters:
  ///   - level: holds in place of the configuration's.
  ///   - naming: gives a sentence with the configuration named in the commands that it tells.
  package convenience init(
    _ settings: LogSettings = LogSettings(), level: Logger.Level? = nil,
    naming: @escaping @Sendable (String) -> String = { $0 }
  ) {
    self.init(
      settings, level: level, stream: STDERR_FILENO, streamName: getenv("JOURNAL_STREAM").map { String(cString: $0) },
      journalPath: JournalSocket.usualPath, naming: naming)
  }

  /// - Parameters:
  ///   - stream: stays the caller's.
  ///   - streamName: JOURNAL_STREAM.
  package init(
    _ settings: LogSettings, level: Logger.Level? = nil, stream: Int32, streamName: String?, journalPath: String,
    naming: @escaping @Sendable (String) -> String = { $0 }
  ) {
    self.settings = Mutex(settings)
    pinnedLevel = level
    levelPlace = Atomic((level ?? settings.level).place)
    self.stream = stream
    isJournal = JournalSocket.isStream(stream, named: streamName)
    journal = JournalSocket(path: journalPath)
    self.naming = naming
  }

  package var logger: Logger { Logger(label: "letterhead") { _ in RelayLogHandler(self) } }

  /// What the configuration says now.
  package func apply(_ settings: LogSettings) {
    self.settings.withLock { $0 = settings }
    levelPlace.store((pinnedLevel ?? settings.level).place, ordering: .relaxed)
  }

  var level: Logger.Level { Logger.Level.inOrder[levelPlace.load(ordering: .relaxed)] }

  func write(_ event: LogEvent, _ standing: Logger.Metadata) {
    let settings = settings.withLock { $0 }
    let record = LogRecord(event, standing, masking: AddressMask(settings.addresses), naming: naming)
    if settings.format == .journal, journal.send(record.journalEntry()) { return }
    put(line(of: record, as: settings.format))
  }

  /// Where standard error is the journal's stream, the priority stands in front: the journal takes it off.
  private func line(of record: LogRecord, as format: LogFormat) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(512)
    if isJournal { line.append(contentsOf: "<\(record.level.priority)>".utf8) }
    switch format {
    case .json: record.appendJSON(at: .now, to: &line)
    case .auto, .journal: record.appendLogfmt(at: isJournal ? nil : .now, to: &line)
    case .logfmt: record.appendLogfmt(at: .now, to: &line)
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }

  /// All of a line before the next begins. Where nobody reads, the line is lost after a second and mail goes on.
  private func put(_ line: [UInt8]) {
    isMidLine.withLock { isMidLine in
      line.withUnsafeBytes { octets in
        if isMidLine { isMidLine = Glibc.write(stream, "\n", 1) != 1 }
        var rest = octets
        while !rest.isEmpty {
          let count = Glibc.write(stream, rest.baseAddress, rest.count)
          if count < 0, errno == EINTR || errno == EAGAIN && hasRoom { continue }
          guard count > 0 else { break }
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        isMidLine = isMidLine || !rest.isEmpty && rest.count < octets.count
      }
    }
  }

  private var hasRoom: Bool {
    var waiting = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
    return poll(&waiting, 1, 1000) > 0
  }
}

extension Logger.Level {
  fileprivate static let inOrder = allCases
  fileprivate var place: Int { Self.inOrder.firstIndex(of: self) ?? 0 }
}
