// One line of the log as a support bundle shows it: its event, of the table of events, and those of its fields that this
// program writes in a form of its own. Everything else may be a provider's or a stranger's words, and is left out.

import Logging
import Logs

struct ShownLogLine {
  private enum FieldForm {
    case name, number, time, reply, version, addresses
    /// `delivered:2,failed:1`
    case outcome
  }

  private static let forms: [LogField: FieldForm] = [
    .id: .number, .entity: .name, .app: .name, .uid: .number, .messages: .number, .request: .number,
    .sender: .addresses, .recipients: .addresses, .octets: .number, .mailbox: .addresses, .attempt: .number,
    .outcome: .outcome, .delay: .number, .until: .time, .class: .name, .reply: .reply, .mode: .name, .alert: .name,
    .version: .version, .pid: .number, .term: .number,
  ]

  let digest: AddressDigest

  /// - Parameters:
  ///   - line: as the relay wrote it, in logfmt or JSON, perhaps with the journal's `<6>` before it.
  ///   - time: of the journal.
  /// - Returns: `nil` for what is no event of the relay.
  func shown(_ line: String, at time: String?) -> String? {
    guard let line = ReadLogLine(line) else { return nil }
    let head = [(time ?? line.time).flatMap { PlainWord.time($0) }, line.event.level.rawValue, line.event.rawValue]
    return (head.compactMap(\.self) + line.fields.compactMap(shown)).joined(separator: " ")
  }

  private func shown(_ field: ReadLogLine.Field) -> String? {
    guard let known = LogField(rawValue: field.name), let form = Self.forms[known] else { return nil }
    return value(field.value, as: form).map { "\(field.name)=\($0)" }
  }

  private func value(_ text: String, as form: FieldForm) -> String? {
    switch form {
    case .name: PlainWord.name(text)
    case .number: PlainWord.number(text)
    case .time: PlainWord.time(text)
    case .reply: PlainWord.reply(text)
    case .version: PlainWord.version(text)
    case .outcome: text.wholeMatch(of: #/[a-z]{1,16}:\d{1,9}(,[a-z]{1,16}:\d{1,9})*/#) == nil ? nil : text
    case .addresses: addresses(text)
    }
  }

  private func addresses(_ value: String) -> String? {
    if value == "<>" { return value }
    let shown = value.split { ", <>".contains($0) }.map { word in
      digest.shown(word) ?? (word.wholeMatch(of: #/\+\d{1,9}/#) == nil ? "(left out)" : String(word))
    }
    return shown.isEmpty ? nil : shown.joined(separator: ",")
  }
}
