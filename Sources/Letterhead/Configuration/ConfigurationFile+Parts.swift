// What is wrong only because a configuration is made of several files.

import TOMLKit

extension ConfigurationFile {
  /// Two files that say the same key or table: nobody can know which is meant.
  func refuseDoublets() {
    for doublet in positions.doublets {
      let first = positions.problem("", at: doublet.first)
      report(
        "\(doublet.path) stands in \(first.file), line \(first.line), already. Leave it in one of the two files.",
        on: doublet.second)
    }
  }

  /// What stands above all tables is the relay's own, and is looked for in the main file alone, even by commands that find
  /// mistakes in it.
  func refuseLooseKeys(of table: TOMLTable, in text: ConfigurationText) {
    for key in table.keys
    where table[key]?.table == nil && table[key]?.array?.contains(where: { $0.table != nil }) != true {
      report("\(key) stands above all tables. Write it into \(path), or below the table that it belongs to.", at: [key])
    }
  }
}
