// What one line tells beside its event.

package import Logging

/// Written as a dictionary: `[.id: "412", .app: app?.name]`. A field that is `nil` is left out.
package struct LoggedFields: ExpressibleByDictionaryLiteral, Sendable {
  private(set) var all: [(field: LogField, value: String)]

  package init(dictionaryLiteral elements: (LogField, String?)...) {
    all = []
    all.reserveCapacity(elements.count)
    for (field, value) in elements { if let value { all.append((field, value)) } }
  }

  /// The fields of both; of a field that is in both, the second's.
  package static func + (one: LoggedFields, other: LoggedFields) -> LoggedFields {
    var sum = one
    sum.all += other.all
    return sum
  }

  package var metadata: Logger.Metadata {
    Logger.Metadata(all.lazy.map { ($0.field.rawValue, .string($0.value)) }) { $1 }
  }

  /// A time as a line has it.
  ///
  /// - Parameter seconds: since 1970, universal time.
  package static func time(_ seconds: Double) -> String {
    var text: [UInt8] = []
    LogTime(milliseconds: Int(seconds * 1000)).append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The first three, and how many more there are: `a@x.example,b@x.example,c@x.example,+7`. A line must not grow with a
  /// list.
  package static func few(_ texts: some Collection<String>) -> String {
    if texts.count == 1, let only = texts.first { return only }
    let more = texts.count > 3 ? ["+\(texts.count - 3)"] : []
    return (texts.prefix(3) + more).joined(separator: ",")
  }
}

extension Logger {
  /// Logs one event of the table. The fields are asked for only where its level is wanted.
  package func tell(_ event: LoggedEvent, _ fields: @autoclosure () -> LoggedFields = [:]) {
    log(level: event.level, "\(event.rawValue)", metadata: fields().metadata)
  }
}
