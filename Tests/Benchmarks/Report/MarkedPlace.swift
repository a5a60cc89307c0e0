// Where a command puts its tables: between two lines of a file that people write the rest of.

import Foundation

struct MarkedPlace {
  /// As the mark says it: `make bench`.
  var name: String
  var file: String
  var end = "<!-- figures end -->"

  func put(_ tables: String) throws {
    let begin = "<!-- figures: \(name) writes from here -->"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    guard let from = text.range(of: begin), let to = text[from.upperBound...].range(of: end) else {
      throw Failure("\(file) has no place for the tables: the lines \(begin) and \(end).")
    }
    let new = text[..<from.upperBound] + "\n\n" + tables + "\n\n" + text[to.lowerBound...]
    try new.write(toFile: file, atomically: true, encoding: .utf8)
  }
}
