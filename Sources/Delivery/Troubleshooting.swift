// The troubleshooting page, written from the table: what the server says, what it means, what Letterhead does, what to do.

package enum Troubleshooting {
  /// Markdown, for `docs/troubleshooting.md`.
  package static var page: String {
    let entries = [("Connection", endings(Ending.connection)), ("Encryption", endings(Ending.encryption))]
    let chapters = ReplyTable.chapters.map { ($0.title, $0.rules.map(entry)) }
    return ([opening] + (entries + chapters).map(chapter)).joined(separator: "\n")
  }

  private static let opening = """
    # Troubleshooting

    Look for the provider's words (they stand in `letterhead status`, in the log and in failure reports) or for \
    Letterhead's own sentence. In the commands, put the entity's name for ENTITY; `…` stands for the options of the first \
    `letterhead connect`, and the sentences that Letterhead prints have all of them filled in.

    This page is written from the same table that Letterhead decides by: `make docs` writes it anew.

    """

  private static func chapter(_ title: String, _ entries: [String]) -> String {
    "## \(title)\n\n" + entries.joined(separator: "\n")
  }

  private static func entry(_ rule: Rule) -> String {
    entry(rule.samples.map { "- `\($0.words.trimmingPrefix(": "))`\n" }.joined(), rule.meaning)
  }

  private static func endings(_ endings: [Ending]) -> [String] {
    endings.map { entry("", $0.error.meaning(for: $0.mailbox)) }
  }

  private static func entry(_ words: String, _ meaning: Meaning) -> String {
    """
    ### \(onPaper(meaning.summary))

    \(words.isEmpty ? "" : words + "\n")\
    *Letterhead* \(meaning.action.words(for: meaning.scope))

    *You* \(fullStop(onPaper(meaning.remedy)))

    """
  }

  /// Marks at the beginning are filled in without a capital.
  private static func onPaper(_ sentence: String) -> String {
    let filled = Sentences.onPaper.fill(sentence)
    return filled.prefix(1).uppercased() + filled.dropFirst()
  }

  private static func fullStop(_ sentence: String) -> String {
    sentence.hasSuffix(".") ? sentence : sentence + "."
  }
}

extension Action {
  /// In the present tense, after "Letterhead".
  fileprivate func words(for scope: Scope) -> String {
    switch self {
    case .fail: "gives the \(scope.rawValue) up and reports it to the entity's `notify` addresses."
    case .retry(after: .zero?): "tries again at once."
    case .retry(let time?): "tries the \(scope.rawValue) again after \(time.minutes)."
    case .retry: "tries the \(scope.rawValue) again, first within a minute, then at growing intervals."
    case .pause(let time): "lets the mailbox rest for \(time.minutes), longer when it happens again. No message fails."
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
  fileprivate var minutes: String {
    let seconds = components.seconds
    return seconds % 60 == 0 ? "\(seconds / 60) minutes" : "\(seconds) seconds"
  }
}
