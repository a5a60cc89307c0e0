// The same page in the format of OpenMetrics 1.0: https://github.com/prometheus/OpenMetrics. Pure.

/// `application/openmetrics-text; version=1.0.0`.
package enum OpenMetricsText {
  /// - Parameter text: as `prometheusText` writes it.
  /// - Returns: the page in which a counter's family is called without `_total`, ended as OpenMetrics demands it.
  package static func converted(from text: String) -> String {
    let lines = text.split(separator: "\n").map { line -> String in
      let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
      guard words.count == 4, words[0] == "#", words[2].hasSuffix("_total") else { return String(line) }
      return "# \(words[1]) \(words[2].dropLast("_total".count)) \(words[3])"
    }
    return (lines + ["# EOF\n"]).joined(separator: "\n")
  }
}
