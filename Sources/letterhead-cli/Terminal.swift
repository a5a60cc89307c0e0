// A person at a terminal: whether there is one, and one question with its answer.

import Foundation

enum Terminal {
  /// Somebody can read a question and answer it.
  static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// How wide it is, as ArgumentParser sees it: COLUMNS of the environment goes before what the terminal says.
  static var width: Int {
    if let columns = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), columns > 0 { return columns }
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

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
