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

  package var description: String {
    let hint = areForSetup ? "\nTo write what is missing, run: letterhead setup" : ""
    return all.map(\.description).joined(separator: "\n") + hint
  }

  static let noListener = "Nothing to listen on. Add [[listener]] with address = \"127.0.0.1:2525\"."
  static let noEntity = "Nobody to send as. Add [entity.acme] with name = \"Acme\" and default = true."

  /// Nothing is wrong but that a listener or an entity is still to be written: what a package installs is like that.
  package var isUnfinished: Bool { all.allSatisfy { [Self.noListener, Self.noEntity].contains($0.message) } }

  /// `letterhead setup` writes what is missing. It leaves a file alone that has an entity.
  package var areForSetup: Bool { isUnfinished && all.contains { $0.message == Self.noEntity } }
}
