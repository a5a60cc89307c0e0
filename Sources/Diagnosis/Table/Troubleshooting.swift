// The troubleshooting page, written from the table: what the server says, what it means, what Letterhead does, what to do.

package enum Troubleshooting {
  /// Markdown, for `docs/troubleshooting.md`.
  package static var page: String {
    let entries = [("Connection", endings(Ending.connection)), ("Encryption", endings(Ending.encryption))]
    let chapters = ReplyTable.chapters.map { ($0.title, merged($0.rules)) }
    let meanings = [("Words that nobody has described", composed(Grammar.rules))]
    return ([opening, WordIndex.page] + (entries + chapters + meanings).map(chapter)).joined(separator: "\n")
  }

  /// The grammar's meanings, each with the rules that come to it.
  private static func composed(_ rules: [MeaningRule]) -> [String] {
    var seen: [Assessment] = []
    for rule in rules where !seen.contains(rule.means) { seen.append(rule.means) }
    return seen.map { meaning in
      let names = rules.filter { $0.means == meaning }.map(\.name).deduplicated
      return entry("Words about: \(names.joined(separator: "; ")).\n", meaning)
    }
  }

  private static let opening = """
    # Troubleshooting

    Look for the provider's words (they stand in `letterhead status`, in the log and in failure reports) in the index, \
    or for Letterhead's own sentence further down. `letterhead explain "550 …"` explains what is not here. In the commands, put the entity's name for ENTITY; `…` stands for the options of the first \
    `letterhead connect`, and the sentences that Letterhead prints have all of them filled in.

    This page is written from the same table that Letterhead decides by: `make docs` writes it anew.

    """

  private static func chapter(_ title: String, _ entries: [String]) -> String {
    "## \(title)\n\n" + entries.joined(separator: "\n")
  }

  /// Rules that mean the same make one entry, in the place of the first of them.
  private static func merged(_ rules: [Rule]) -> [String] {
    var seen: [Assessment] = []
    for rule in rules where !seen.contains(rule.assessment) { seen.append(rule.assessment) }
    return seen.map { assessment in
      entry(rules.filter { $0.assessment == assessment }.flatMap(words).map { "- `\($0)`\n" }.joined(), assessment)
    }
  }

  /// The samples, and what else the rule looks for.
  private static func words(of rule: Rule) -> [String] {
    let samples = rule.samples.map { String($0.words.trimmingPrefix(": ")) }
    let patterns = rule.says.filter { pattern in !samples.contains { Rule.holds($0.lowercased(), pattern: pattern) } }
    let errors = rule.phases == [.token] ? rule.codes.split(separator: " ").map(String.init) : []
    return samples + patterns.map(shown) + errors.filter { error in !samples.contains { $0.hasPrefix(error) } }
  }

  /// Readers look for Microsoft's numbers in capitals.
  private static func shown(_ pattern: String) -> String {
    pattern.hasPrefix("aadsts") ? pattern.uppercased() : "… \(pattern) …"
  }

  private static func endings(_ endings: [Ending]) -> [String] {
    endings.map { entry("", $0.error.assessment(for: $0.mailbox)) }
  }

  private static func entry(_ words: String, _ assessment: Assessment) -> String {
    """
    ### \(onPaper(assessment.summary))

    \(words.isEmpty ? "" : words + "\n")\
    *Letterhead* \(assessment.action.words(for: assessment.scope))

    *You* \(commanding(onPaper(assessment.remedy)))

    """
  }

  /// Filled in, and with a capital at the beginning, which a placeholder's value may lack.
  private static func onPaper(_ sentence: String) -> String {
    Placeholders.onPaper.fill(sentence).capitalizedFirst
  }

  /// The command stands at the end.
  private static func commanding(_ remedy: String) -> String {
    guard let command = remedy.ranges(of: "letterhead ").last else { return remedy }
    return "\(remedy[..<command.lowerBound])`\(remedy[command.lowerBound...])`."
  }
}

extension Action {
  /// In the present tense, after "Letterhead".
  func words(for scope: Scope) -> String {
    switch self {
    case .fail: "gives the \(scope.rawValue) up and reports it to the entity's `notify` addresses."
    case .ask:
      "keeps the \(scope.rawValue), and tests whether the mailbox is refused likewise: then it raises the error flag. Where "
        + "other mail goes through it gives the \(scope.rawValue) up; where nothing tells, it tries again until "
        + "`queue_max_age`."
    case .retry(after: .zero?): "tries again at once."
    case .retry(let time?): "tries the \(scope.rawValue) again after \(time.minutes)."
    case .retry: "tries the \(scope.rawValue) again, first within a minute, then at growing intervals."
    case .pause(.seconds(3600)): "lets the mailbox rest for an hour at a time. No message fails."
    case .pause(let time):
      "lets the mailbox rest for \(time.minutes), up to an hour when it happens again. No message fails."
    case .hold(probe: true):
      "raises the error flag, holds all mail, and looks every 15 minutes whether the fault is gone."
    case .hold: "raises the error flag and holds all mail until the mailbox is connected again."
    case .refuse:
      "raises the error flag and holds all mail. A refused password is never tried again, a refused token is renewed "
        + "once and then tried every 15 minutes."
    case .wait(let times?): "keeps the mail, comes back soon, and raises the error flag after \(times) times in a row."
    case .wait: "keeps the mail and comes back soon."
    }
  }
}

extension Duration {
  /// `90 seconds`, `34 minutes`, never less than there are.
  var minutes: String {
    let seconds = components.seconds
    return seconds < 120 ? "\(seconds) seconds" : "\((seconds + 59) / 60) minutes"
  }
}
