// One line of the log before it is written, and its forms. Pure.

import Logging

struct LogRecord {
  let level: Logger.Level
  /// `nil` for what is no event of the table.
  let event: LoggedEvent?
  let message: String
  /// In the order of the line.
  let fields: [(place: Int, name: String, field: LogField?, value: String)]

  /// What further fields would make longer is cut off: the journal and containers split longer lines.
  private static let mostOctets = 12 << 10

  /// - Parameter naming: of a sentence, the same with commands that can be pasted.
  init(
    _ event: LogEvent, _ standing: Logger.Metadata = [:], masking mask: AddressMask? = nil,
    naming: (String) -> String = { $0 }
  ) {
    level = event.level
    message = event.message.description
    self.event = LoggedEvent(named: message)
    let own = event.metadata ?? [:]
    let all = standing.isEmpty ? own : standing.merging(own) { $1 }
    fields = all.map { name, value in
      let (place, field) = LogField.placed(name)
      let text = if case .string(let text) = value { text } else { value.description }
      let words = field?.tellsCommands == true ? naming(text) : text
      return (place, name, field, Self.shown(words, of: field, masking: mask))
    }.sorted { $0.place == $1.place ? $0.name < $1.name : $0.place < $1.place }
  }

  private static func shown(_ text: String, of field: LogField?, masking mask: AddressMask?) -> String {
    guard let mask, let field else { return mask?.masked(text) ?? text }
    if field.isNoAddress { return text }
    if field.isOneAddress { return mask.maskedAddress(text) }
    return field == .recipients ? mask.maskedFew(text) : mask.masked(text)
  }

  /// The event's sentence, where people look for one; or what is no event.
  private var sentence: String? {
    guard let event else { return message }
    return level >= .warning ? event.sentence : nil
  }

  // MARK: Forms

  /// `level=info event=accepted id=412 …`
  ///
  /// - Parameter time: `nil` where the reader adds its own.
  func appendLogfmt(at time: LogTime?, to line: inout [UInt8]) {
    if let time {
      line.append(contentsOf: "time=".utf8)
      time.append(to: &line)
      line.append(UInt8(ascii: " "))
    }
    line.append(contentsOf: "level=".utf8)
    line.append(contentsOf: level.rawValue.utf8)
    line.append(UInt8(ascii: " "))
    appendText(to: &line)
  }

  /// As the end of a logfmt line, and what the journal shows.
  private func appendText(to line: inout [UInt8]) {
    let start = line.count
    let add = { (name: String, value: String, line: inout [UInt8]) in
      if line.count > start { line.append(UInt8(ascii: " ")) }
      line.append(contentsOf: name.utf8)
      line.append(UInt8(ascii: "="))
      LogText.appendLogfmt(value, to: &line)
    }
    if let event { add("event", event.rawValue, &line) }
    if let sentence { add("msg", sentence, &line) }
    for field in fields where line.count < Self.mostOctets { add(field.name, field.value, &line) }
  }

  /// One object, without a line's end.
  func appendJSON(at time: LogTime, to line: inout [UInt8]) {
    line.append(contentsOf: "{\"time\":\"".utf8)
    time.append(to: &line)
    line.append(contentsOf: "\",\"level\":\"".utf8)
    line.append(contentsOf: level.rawValue.utf8)
    line.append(UInt8(ascii: "\""))
    let add = { (name: String, value: String, isNumber: Bool, line: inout [UInt8]) in
      line.append(UInt8(ascii: ","))
      LogText.appendQuoted(name, to: &line)
      line.append(UInt8(ascii: ":"))
      if isNumber, Self.isNumber(value) {
        line.append(contentsOf: value.utf8)
      } else {
        LogText.appendQuoted(value, to: &line)
      }
    }
    if let event { add("event", event.rawValue, false, &line) }
    if let sentence { add("msg", sentence, false, &line) }
    for field in fields where line.count < Self.mostOctets {
      add(field.name, field.value, field.field?.isNumber == true, &line)
    }
    line.append(UInt8(ascii: "}"))
  }

  /// An entry in the journal's own protocol, <https://systemd.io/JOURNAL_NATIVE_PROTOCOL>: text by `NAME=value`, text of
  /// several lines by its length.
  func journalEntry() -> [UInt8] {
    var entry: [UInt8] = []
    entry.reserveCapacity(1024)
    var text: [UInt8] = []
    appendText(to: &text)
    Self.append("MESSAGE", text, to: &entry)
    Self.append("PRIORITY", Array(String(level.priority).utf8), to: &entry)
    Self.append("SYSLOG_IDENTIFIER", Array("letterhead".utf8), to: &entry)
    if let event { Self.append("LETTERHEAD_EVENT", Array(event.rawValue.utf8), to: &entry) }
    if let id = event?.journalID { Self.append("MESSAGE_ID", Array(id.utf8), to: &entry) }
    for field in fields where entry.count < 2 * Self.mostOctets {
      Self.append(
        "LETTERHEAD_" + Self.journalName(field.name), Array(LogText.journalValue(field.value).utf8), to: &entry)
    }
    return entry
  }

  private static func append(_ name: String, _ value: [UInt8], to entry: inout [UInt8]) {
    entry.append(contentsOf: name.utf8)
    if value.contains(UInt8(ascii: "\n")) {
      entry.append(UInt8(ascii: "\n"))
      withUnsafeBytes(of: UInt64(value.count).littleEndian) { entry.append(contentsOf: $0) }
    } else {
      entry.append(UInt8(ascii: "="))
    }
    entry.append(contentsOf: value)
    entry.append(UInt8(ascii: "\n"))
  }

  /// The journal drops fields whose names have anything but these in them.
  private static func journalName(_ name: String) -> String {
    String(decoding: name.uppercased().utf8.prefix(40).map { isOfName($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
  }

  private static func isOfName(_ octet: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
  }

  /// As JSON writes numbers, without a sign or an exponent.
  private static func isNumber(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isWhole = parts[0].count == 1 || parts[0].first != UInt8(ascii: "0")
    return parts.count <= 2 && isWhole && text.utf8.count <= 18
      && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
  }
}

extension Logger.Level {
  /// As syslog numbers them (RFC 5424 §6.2.1).
  var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
