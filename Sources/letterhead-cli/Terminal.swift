// A person at a terminal: whether there is one, and one question with its answer.

import Foundation

enum Terminal {
  /// Somebody can read a question and answer it.
  static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// - Returns: the answer without its end; `nil` where the input has ended.
  static func ask(_ question: String) -> String? {
    fflush(nil)
    printError("\(question) ", terminator: "")
    return readLine()
  }

  /// - Parameter usually: what an empty answer means. An input that has ended is a no.
  static func confirms(_ question: String, usually: Bool = false) -> Bool {
    guard let answer = ask("\(question) [\(usually ? "Y/n" : "y/N")]") else { return false }
    let word = answer.trimmingCharacters(in: .whitespaces).lowercased()
    return word.isEmpty ? usually : ["y", "yes"].contains(word)
  }
}
