// One value of the configuration file, before it means anything and after: what a key is read from and written as.

import Foundation

/// A value as TOML writes it.
package enum ConfigurationValue: Sendable, Equatable {
  case text(String)
  case number(Int)
  case flag(Bool)
  /// A date without a time: `2027-03-01`.
  case day(String)
  case texts([String])
  case numbers([Int])
  /// A value of a kind that no key takes: 1.5, a time, a list of lists.
  case other
}

extension ConfigurationValue {
  /// As it stands behind the `=`. JSON's strings, numbers and lists of them are TOML's as well.
  package var toml: String {
    if case .day(let day) = self { return day }
    if case .texts(let texts) = self { return "[\(texts.map { Self.text($0).toml }.joined(separator: ", "))]" }
    if case .numbers(let numbers) = self { return "[\(numbers.map(String.init).joined(separator: ", "))]" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }

  /// An empty text or list.
  var isEmpty: Bool {
    switch self {
    case .text(let text): text.isEmpty
    case .texts(let texts): texts.isEmpty
    case .numbers(let numbers): numbers.isEmpty
    case .number, .flag, .day, .other: false
    }
  }
}

extension ConfigurationValue: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text), .day(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    case .flag(let flag): try container.encode(flag)
    case .texts(let texts): try container.encode(texts)
    case .numbers(let numbers): try container.encode(numbers)
    case .other: try container.encodeNil()
    }
  }
}

extension ConfigurationValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral
{
  package init(stringLiteral text: String) { self = .text(text) }
  package init(integerLiteral number: Int) { self = .number(number) }
  package init(booleanLiteral flag: Bool) { self = .flag(flag) }
  package init(arrayLiteral texts: String...) { self = .texts(texts) }
}
