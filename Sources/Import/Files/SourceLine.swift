// Where something stood in the files of another program.

/// A line of a file.
package struct SourceLine: Sendable, Hashable, CustomStringConvertible {
  package let file: String
  /// From 1.
  package let line: Int

  package init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  package var description: String { "\(file):\(line)" }
}

/// A value with the line that it comes from.
package struct Sourced<Value: Sendable>: Sendable {
  package let value: Value
  package let source: SourceLine

  package init(_ value: Value, _ source: SourceLine) {
    self.value = value
    self.source = source
  }

  func map<Other>(_ change: (Value) -> Other) -> Sourced<Other> { Sourced<Other>(change(value), source) }
  func compactMap<Other>(_ change: (Value) -> Other?) -> Sourced<Other>? {
    change(value).map { Sourced<Other>($0, source) }
  }
}

extension Sourced: Equatable where Value: Equatable {}
extension Sourced: Hashable where Value: Hashable {}
