// How much two words differ, for sentences that ask whether another was meant.

extension String {
  /// How many letters must be added, dropped or changed to make `other` (Levenshtein).
  func editDistance(to other: String) -> Int {
    var row = Array(0...other.count)
    for (i, a) in self.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in other.enumerated() {
        let above = row[j + 1]
        row[j + 1] = a == b ? diagonal : 1 + Swift.min(diagonal, above, row[j])
        diagonal = above
      }
    }
    return row[other.count]
  }
}
