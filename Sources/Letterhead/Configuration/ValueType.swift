// What a key takes: how a value of the file becomes a Swift value and back, and the words for what is not taken.

import Foundation
import SMTP

/// Why a value is not taken. The key's sentence is made in `ConfigurationKey`.
enum ValueProblem: Error, Equatable {
  case wrongKind
  case outOfRange
  /// The value is of the right kind and in range, and wrong all the same: whole sentences.
  case unfit([String])
}

/// One type of values, as many keys share it.
struct ValueType<Value: Sendable>: Sendable {
  typealias Reading =
    @Sendable (_ value: ConfigurationValue, _ file: ConfigurationFile) throws(ValueProblem) -> Value

  /// Completes "KEY takes …".
  let takes: String
  /// `1 to 100`, where there is a range.
  var range: String?
  let read: Reading
  let write: @Sendable (Value) -> ConfigurationValue

  init(
    _ takes: String, range: String? = nil, write: @escaping @Sendable (Value) -> ConfigurationValue,
    read: @escaping Reading
  ) {
    self.takes = takes
    self.range = range
    self.read = read
    self.write = write
  }
}

extension ValueType {
  /// The same type, for values of which more is asked: `complaint` is the sentence about one that does not do.
  func whenever(_ isFit: @escaping @Sendable (Value) -> Bool, else complaint: @escaping @Sendable (Value) -> String)
    -> Self
  {
    ValueType(takes, range: range, write: write) { value, file throws(ValueProblem) in
      let value = try read(value, file)
      guard isFit(value) else { throw .unfit([complaint(value)]) }
      return value
    }
  }
}

extension ValueType {
  /// Another type that is written as this one: `complaint` is the sentence about what stands for no value of it.
  func mapped<Other: Sendable>(
    _ parse: @escaping @Sendable (Value) -> Other?, text: @escaping @Sendable (Other) -> Value,
    else complaint: @escaping @Sendable (Value) -> String
  ) -> ValueType<Other> {
    ValueType<Other>(takes, range: range, write: { write(text($0)) }) { value, file throws(ValueProblem) in
      let value = try read(value, file)
      guard let other = parse(value) else { throw .unfit([complaint(value)]) }
      return other
    }
  }
}

extension ValueType<String> {
  static var text: Self {
    ValueType("text in quotes", write: ConfigurationValue.text) { value, _ throws(ValueProblem) in
      guard case .text(let text) = value else { throw .wrongKind }
      return text
    }
  }

  /// A file or folder. Relative ones are taken from the configuration file's folder.
  static var path: Self {
    ValueType("text in quotes", write: ConfigurationValue.text) { value, file throws(ValueProblem) in
      file.absolute(try text.read(value, file))
    }
  }
}

extension ValueType<Bool> {
  static var flag: Self {
    ValueType("true or false", write: ConfigurationValue.flag) { value, _ throws(ValueProblem) in
      guard case .flag(let flag) = value else { throw .wrongKind }
      return flag
    }
  }
}

extension ValueType<Int> {
  static func number(in range: ClosedRange<Int>) -> Self {
    ValueType(
      "a whole number", range: "\(range.lowerBound) to \(range.upperBound)", write: ConfigurationValue.number
    ) { value, _ throws(ValueProblem) in
      guard case .number(let number) = value else { throw .wrongKind }
      guard range.contains(number) else { throw .outOfRange }
      return number
    }
  }

  /// Of octets.
  static var size: Self {
    ValueType("a size as \"256M\" or \"1G\"", write: { .text(Quantities.text(octets: $0)) }) {
      value, _ throws(ValueProblem) in
      guard let octets = Quantities.text(of: value).flatMap(Quantities.octets) else { throw .wrongKind }
      return octets
    }
  }
}

extension ValueType<Duration> {
  static func duration(in range: ClosedRange<Duration>) -> Self {
    ValueType(
      "a time as \"90s\", \"15m\", \"12h\" or \"5d\"",
      range: "\"\(Quantities.text(range.lowerBound))\" to \"\(Quantities.text(range.upperBound))\"",
      write: { .text(Quantities.text($0)) }
    ) { value, _ throws(ValueProblem) in
      guard let duration = Quantities.text(of: value).flatMap(Quantities.duration) else { throw .wrongKind }
      guard range.contains(duration) else { throw .outOfRange }
      return duration
    }
  }
}

extension ValueType<Duration> {
  /// Zero is written as "none".
  static func durationOrNone(in range: ClosedRange<Duration>) -> Self {
    let duration = duration(in: range)
    return ValueType(
      "\(duration.takes), or \"none\"", range: duration.range.map { "\($0), or \"none\"" },
      write: { $0 == .zero ? .text("none") : duration.write($0) }
    ) { value, file throws(ValueProblem) in
      let text = Quantities.text(of: value)
      return text == "none" || text.flatMap(Quantities.duration) == .zero ? .zero : try duration.read(value, file)
    }
  }
}

extension ValueType<Date> {
  /// Begins at midnight, universal time.
  static var day: Self {
    ValueType(
      "a day as 2027-03-01, without quotes", write: { .day(String($0.ISO8601Format().prefix(10))) }
    ) { value, _ throws(ValueProblem) in
      guard case .day(let day) = value, let date = try? Date("\(day)T00:00:00Z", strategy: .iso8601) else {
        throw .wrongKind
      }
      return date
    }
  }
}

extension ValueType where Value: RawRepresentable<String> & CaseIterable {
  static var choice: Self {
    let choices = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    return ValueType("one of \(choices)", write: { .text($0.rawValue) }) { value, _ throws(ValueProblem) in
      guard case .text(let text) = value, let choice = Value(rawValue: text) else { throw .wrongKind }
      return choice
    }
  }
}

extension ValueType<[Int]> {
  static func numbers(in range: ClosedRange<Int>) -> Self {
    ValueType(
      "a list of whole numbers from \(range.lowerBound) to \(range.upperBound)", write: ConfigurationValue.numbers
    ) { value, _ throws(ValueProblem) in
      if value == .texts([]) { return [] }
      guard case .numbers(let numbers) = value, numbers.allSatisfy(range.contains) else { throw .wrongKind }
      return numbers
    }
  }
}

extension ValueType<[String]> {
  static var texts: Self { list(of: { $0 }, text: { $0 }, else: { "\"\($0)\" is not taken." }) }
}

extension ValueType {
  /// A list of texts, each of which stands for one `Element`; `complaint` is the sentence about one that does not.
  static func list<Element: Sendable>(
    of parse: @escaping @Sendable (String) -> Element?, text: @escaping @Sendable (Element) -> String,
    else complaint: @escaping @Sendable (String) -> String
  ) -> Self where Value == [Element] {
    ValueType("a list of texts, [\"…\", \"…\"]", write: { .texts($0.map(text)) }) { value, _ throws(ValueProblem) in
      guard case .texts(let texts) = value else { throw .wrongKind }
      let wrong = texts.filter { parse($0) == nil }
      guard wrong.isEmpty else { throw .unfit(wrong.map(complaint)) }
      return texts.compactMap(parse)
    }
  }
}

extension ValueType<[Address]> {
  static var addresses: Self {
    list(
      of: { text in Address(text).flatMap { $0.domain.isEmpty ? nil : $0 } }, text: { $0.text },
      else: { "\"\($0)\" is no mail address. Write \"it@acme.example\"." })
  }
}

extension ValueType<[Address]> {
  /// The same, where one may stand without brackets.
  var orOne: Self {
    ValueType("an address or a list of them", write: write) { value, file throws(ValueProblem) in
      if case .text(let text) = value { return try read(.texts([text]), file) }
      return try read(value, file)
    }
  }
}
