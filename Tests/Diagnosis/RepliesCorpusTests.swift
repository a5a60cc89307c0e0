// What real providers said, labelled by what it means, judged as a whole. A third of the rows that we collected was kept
// from whoever writes rules, and is counted apart: what they show is how the grammar does with words it never saw.

import Foundation
import Mailboxes
import OAuth
import Testing
import TransportSMTP

@testable import Diagnosis

/// One row of `Tests/Corpus/replies.json`.
struct LabelledReply: Sendable, CustomTestStringConvertible {
  let id: String
  let provider: String
  let phase: String
  /// A server's words, or the JSON of a token endpoint's answer.
  let stated: String
  let `class`: String
  let scope: String
  let action: String
  /// Words of which a good sentence has one.
  let mentions: [String]
  let isHeldOut: Bool
  let explanation: ReplyExplanation

  private init?(_ row: [String: Any]) {
    guard let id = row["id"] as? String, let provider = row["provider"] as? String,
      let phase = row["phase"] as? String, let fault = row["class"] as? String, let scope = row["scope"] as? String,
      let action = row["action"] as? String, let mentions = row["must_mention"] as? [String],
      let stated = row["reply"] as? String ?? Self.json(row["reply"])
    else { return nil }
    (self.id, self.provider, self.phase, self.stated) = (id, provider, phase, stated)
    (self.class, self.scope, self.action, self.mentions) = (fault, scope, action, mentions)
    isHeldOut = row["held_out"] as? Bool ?? false
    let name = ["exchange", "office365", "m365"].contains(provider) ? "microsoft" : provider
    let speaker = Provider(name: name, label: provider.capitalized)
    explanation =
      TokenError(recorded: stated).flatMap { ReplyExplanation(of: TokenFailure($0), at: speaker, now: .now) }
      ?? ReplyExplanation(of: stated, in: ConversationPhase(named: phase), at: speaker, now: .now)
  }

  private static func json(_ answer: Any?) -> String? {
    guard let answer = answer as? [String: Any], let data = try? JSONSerialization.data(withJSONObject: answer) else {
      return nil
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// Empty where the file cannot be read, for which there is a test.
  static let all: [LabelledReply] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Corpus/replies.json")
    let rows = (try? JSONSerialization.jsonObject(with: Data(contentsOf: file))) as? [[String: Any]] ?? []
    return rows.compactMap(LabelledReply.init)
  }()

  var testDescription: String { id }

  /// Quota and throttle are one decision: both pause.
  var isDecidedRight: Bool {
    let (found, pauses) = (explanation, ["quota", "throttle"])
    let classIsRight = found.class == `class` || pauses.contains(found.class) && pauses.contains(`class`)
    return classIsRight && found.scope == scope && found.action == action
  }

  var isToldRight: Bool {
    let sentence = "\(explanation.summary) \(explanation.remedy)".lowercased()
    return mentions.isEmpty || mentions.contains { sentence.contains($0.lowercased()) }
  }
}

@Suite struct `What real providers said` {
  @Test func `the corpus is there`() {
    #expect(LabelledReply.all.count == 724)
    #expect(LabelledReply.all.count(where: \.isHeldOut) == 112)
  }

  @Test func `no fault of the mailbox fails a message`() {
    let failing = LabelledReply.all.filter { $0.scope == "mailbox" && $0.explanation.action == "fail" && !$0.isHeldOut }
    #expect(failing.map(\.id) == [])
  }

  @Test func `no fault of a message or recipient raises the flag or pauses`() {
    let holding = LabelledReply.all.filter {
      $0.scope != "mailbox" && ["hold", "pause"].contains($0.explanation.action) && !$0.isHeldOut
    }
    #expect(holding.map(\.id) == [])
  }

  @Test(arguments: [(false, 0.955, 0.945), (true, 0.815, 0.805)])
  func `decisions and sentences are as right as they have been`(
    heldOut: Bool, decided: Double, all: Double
  ) {
    let rows = LabelledReply.all.filter { $0.isHeldOut == heldOut }
    let right = rows.filter(\.isDecidedRight)
    let told = right.filter(\.isToldRight)
    print(Self.confusion(of: rows, right: right.count, told: told.count, heldOut: heldOut))
    #expect(Double(right.count) / Double(rows.count) >= decided)
    #expect(Double(told.count) / Double(rows.count) >= all)
  }

  /// Class and action wanted, what was decided in their place, and how often.
  private static func confusion(of rows: [LabelledReply], right: Int, told: Int, heldOut: Bool) -> String {
    var wrong: [String: Int] = [:]
    for row in rows where !row.isDecidedRight {
      let found = row.explanation
      wrong["\(row.class)/\(row.scope)/\(row.action) → \(found.class)/\(found.scope)/\(found.action)", default: 0] += 1
    }
    let lines = wrong.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "  \($0.value)  \($0.key)" }
    return """
      \(heldOut ? "Held out" : "Seen"): \(rows.count) replies, decided right \(right * 1000 / rows.count) ‰, \
      decided and told right \(told * 1000 / rows.count) ‰. Wanted → decided:
      \(lines.joined(separator: "\n"))
      """
  }
}
