// A line of the log, read back as this program writes it: from its first octet to its last, or not at all. What merely has
// such words somewhere is a line of another program, or quotes a provider.

import Logging
import Logs

struct ReadLogLine {
  typealias Field = (name: String, value: String)

  /// `nil` where the journal has it.
  let time: String?
  let event: LoggedEvent
  /// Behind the event, in their order.
  let fields: ArraySlice<Field>

  /// - Parameter line: logfmt or JSON, perhaps with the journal's `<6>` before it.
  init?(_ line: String) {
    var reader = LogLineReader(line)
    reader.skipPriority()
    let isJSON = reader.next == "{"
    guard let all = isJSON ? reader.json() : reader.logfmt(), let place = all.firstIndex(where: { $0.name == "event" }),
      let event = LoggedEvent(rawValue: all[place].value)
    else { return nil }
    // The time and the level, the level, or neither: the journal takes them as fields of their own.
    let head = all[..<place]
    let names = head.map(\.name)
    guard names == ["time", "level"] || !isJSON && (names == ["level"] || names.isEmpty) else { return nil }
    time = head.first { $0.name == "time" }?.value
    guard time.map({ PlainWord.time($0) != nil }) ?? true,
      head.last.map({ Logger.Level(rawValue: $0.value) != nil }) ?? true
    else { return nil }
    self.event = event
    fields = all[(place + 1)...]
  }
}

/// Reads the two forms of a line.
private struct LogLineReader {
  private var rest: Substring.UnicodeScalarView

  init(_ line: String) { rest = Substring(line).unicodeScalars }

  var next: Unicode.Scalar? { rest.first }

  mutating func skipPriority() {
    let head = rest.prefix(3).map(\.self)
    if head.count == 3, head[0] == "<", ("0"..."7").contains(head[1]), head[2] == ">" { rest.removeFirst(3) }
  }

  /// `name=value name="value"`, one blank between two.
  mutating func logfmt() -> [ReadLogLine.Field]? {
    var fields: [ReadLogLine.Field] = []
    repeat {
      let name = word { ("a"..."z").contains($0) || $0 == "_" }
      guard !name.isEmpty, take("="), let value = next == "\"" ? quoted() : bare() else { return nil }
      fields.append((name, value))
    } while take(" ")
    return rest.isEmpty ? fields : nil
  }

  /// One object of texts and numbers.
  mutating func json() -> [ReadLogLine.Field]? {
    guard take("{") else { return nil }
    var fields: [ReadLogLine.Field] = []
    repeat {
      guard let name = quoted(), take(":"), let value = next == "\"" ? quoted() : number() else { return nil }
      fields.append((name, value))
    } while take(",")
    return take("}") && rest.isEmpty ? fields : nil
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func word(_ isPart: (Unicode.Scalar) -> Bool) -> String {
    let word = rest.prefix(while: isPart)
    rest = rest[word.endIndex...]
    return String(word)
  }

  private mutating func bare() -> String? {
    let text = word { $0 > " " && $0 < "\u{7F}" && $0 != "\"" && $0 != "=" && $0 != "\\" }
    return text.isEmpty ? nil : text
  }

  private mutating func number() -> String? {
    let text = word { ("0"..."9").contains($0) || $0 == "." }
    return text.isEmpty ? nil : text
  }

  /// - Returns: `nil` where the quotes have no end.
  private mutating func quoted() -> String? {
    guard take("\"") else { return nil }
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return String(text) }
      guard let octet = scalar == "\\" ? rest.popFirst() : scalar else { return nil }
      text.append(octet)
    }
    return nil
  }
}
