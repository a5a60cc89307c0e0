// What is wrong in a configuration file, with its line.

/// One thing that is wrong in the file.
package struct ConfigurationProblem: Error, Equatable, CustomStringConvertible {
  package let file: String
  /// From 1; 0 where the trouble has no line (the file cannot be read).
  package let line: Int
  /// A sentence: what is wrong and what to write instead.
  package let message: String

  package var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}

/// Everything that is wrong in the file, in its order; never empty.
package struct ConfigurationProblems: Error, CustomStringConvertible {
  package let all: [ConfigurationProblem]

  /// With one problem.
  init(_ file: String, line: Int, _ message: String) {
    all = [ConfigurationProblem(file: file, line: line, message: message)]
  }

  init(all: [ConfigurationProblem]) { self.all = all }

  package var description: String { all.map(\.description).joined(separator: "\n") }
}
