// The table from reply to outcome: each row by its own samples, by the expectations of `ReplyTableRows`, and as a whole.

import Mailboxes
import SMTP
import Testing
import TransportSupport

@testable import Diagnosis

/// One sample of one rule of the table.
struct RuleSample: Sendable, CustomTestStringConvertible {
  let rule: Rule
  let sample: Sample

  var testDescription: String { "\(sample.phase.rawValue): \(sample.words.prefix(70))" }

  static let all = ReplyTable.chapters.flatMap(\.rules).flatMap { rule in
    rule.samples.map { RuleSample(rule: rule, sample: $0) }
  }

  /// Whoever may say it: a rule of no provider in particular is anybody's, a provider's is its own by name and by host.
  var mailboxes: [Mailbox] {
    guard let family = rule.family else { return [.byToken, .byPassword, .test(provider: .other)] }
    return [.of(family), .test(at: family.host)]
  }
}

@Suite struct `The table from reply to outcome` {
  @Test(arguments: RuleSample.all)
  func `a sample is answered by its rule, or where that knows only a code, by words that mean the same`(
    _ sample: RuleSample
  ) throws {
    for mailbox in sample.mailboxes {
      let found = Interpretation(try sample.sample.answer(to: mailbox))
      if case .grammar(let rule) = found.source, sample.rule.says.isEmpty {
        let (composed, known) = (found.assessment, sample.rule.assessment)
        #expect(
          composed.scope == known.scope && composed.action.name == known.action.name,
          "\(rule.name): \(composed.summary)")
      } else {
        #expect(found.source.rule == sample.rule, "\(mailbox.provider.name): \(found.assessment.summary)")
      }
    }
  }

  @Test func `every rule has a sample`() {
    #expect(ReplyTable.chapters.flatMap(\.rules).filter(\.samples.isEmpty).map(\.assessment.summary) == [])
  }

  @Test func `every rule has a line in the table of expectations`() throws {
    let met = try Row.all.map { try $0.finding.source.rule }
    #expect(ReplyTable.chapters.flatMap(\.rules).filter { !met.contains($0) }.map(\.testDescription) == [])
  }

  @Test(arguments: Row.all) func `a reply comes to its outcome`(_ row: Row) throws {
    let (finding, outcome) = (try row.finding, try row.outcome)
    #expect(outcome.kind == row.kind, "\(outcome.summary)")
    #expect(finding.assessment.class == row.fault)
    #expect(outcome.scope == row.scope)
    #expect(outcome.summary.contains(row.says), "\(outcome.summary)")
  }

  @Test(arguments: Row.all) func `an outcome keeps the provider's words`(_ row: Row) throws {
    let words = try row.outcome.words
    #expect(words.contains(row.reply.split(separator: " ").last.map(String.init) ?? ""), "\(words)")
  }

  @Test(arguments: [Mailbox.byToken, .byPassword, .byApp, .test(), .atMicrosoft])
  func `sentences are whole and a remedy names a command`(_ mailbox: Mailbox) {
    let placeholders = Placeholders(for: mailbox, now: noon)
    for rule in ReplyTable.chapters.flatMap(\.rules) {
      let (summary, remedy) = (placeholders.fill(rule.assessment.summary), placeholders.fill(rule.assessment.remedy))
      #expect(!"\(summary)\(remedy)".contains { "{}".contains($0) }, "\(summary) \(remedy)")
      #expect(summary.hasSuffix("."))
      #expect(remedy.endsInCommand, "\(remedy)")
    }
  }

  @Test(arguments: RuleSample.all) func `sentences are short enough to be read`(_ sample: RuleSample) {
    #expect(sample.rule.assessment.summary.count <= 160)
    #expect(sample.rule.assessment.remedy.count <= 250, "\(sample.rule.assessment.remedy)")
  }

  @Test(arguments: [ConversationPhase.greeting, .hello, .startTLS, .signIn, .mail])
  func `before a message is judged no reply fails it`(_ phase: ConversationPhase) throws {
    for code in 400..<600 where phase != .mail || ![501, 503, 552, 555].contains(code) {
      let outcome = Outcome(of: Reply(code, "x"), in: phase, for: .byPassword, now: noon)
      #expect(outcome.kind != .failed, "\(code)")
    }
  }

  @Test(arguments: Set<ConversationPhase>.anywhere) func `a 535 never fails mail`(_ phase: ConversationPhase) {
    for enhanced in [nil, EnhancedCode(5, 7, 8), EnhancedCode(5, 7, 3), EnhancedCode(5, 7, 139)] {
      #expect(Outcome(of: Reply(535, enhanced, "No"), in: phase, for: .byPassword, now: noon).kind == .broken)
    }
  }

  @Test func `a refused password is not probed, a refused token may be`() throws {
    let reply = try Reply(wire: "535 5.7.8 Authentication failed")
    let byPassword = Outcome(of: reply, in: .signIn, for: .byPassword, now: noon)
    let byToken = Outcome(of: reply, in: .signIn, for: .byToken, now: noon)
    guard case .broken(let fault, probe: false) = byPassword.verdict, case .broken(_, probe: true) = byToken.verdict
    else {
      Issue.record("\(byPassword.verdict), \(byToken.verdict)")
      return
    }
    #expect(fault.upstream == "535 5.7.8 Authentication failed")
  }

  @Test(arguments: [
    ("AADSTS53003: x", "Conditional Access policy"), ("AADSTS530032: x", "Conditional Access policy"),
    ("AADSTS530035: x", "security defaults"), ("AADSTS5003: x", "no longer accepts"),
    ("AADSTS70000: x", "Microsoft no longer"), ("AADSTS7000077: x", "or the password changed"),
    ("Error AADSTS65001", "Nobody has approved"),
  ])
  func `a number is found as a whole one only`(_ description: String, _ says: String) {
    let error = TransportError.token(.refused(error: "invalid_grant", description: description))
    var mailbox = Mailbox.byToken
    mailbox.generation = 1
    #expect(Outcome(of: error, for: mailbox, now: noon).summary.contains(says))
  }

  @Test func `a long-winded reply is read to a bound`() {
    let reply = Reply(550, String(repeating: "x", count: 60_000) + " spam")
    #expect(Outcome(of: reply, in: .body, for: .byToken, now: noon).summary.contains("refused the message"))
  }
}

extension String {
  /// So that it can be copied: nothing stands behind it.
  var endsInCommand: Bool {
    guard let command = ranges(of: "letterhead ").last else { return false }
    return !self[command.lowerBound...].contains { ";,()".contains($0) } && !hasSuffix(".")
  }
}

extension Rule: CustomTestStringConvertible {
  package var testDescription: String { "\(codes)|\(enhanced)|\(says)|\(assessment.summary)" }
}

extension Sample {
  func answer(to mailbox: Mailbox) throws -> Answer {
    try Answer(words, in: phase, to: mailbox)
  }
}

extension Answer {
  /// Of a token endpoint `error: description`.
  init(_ words: String, in phase: ConversationPhase, to mailbox: Mailbox) throws {
    if phase == .token {
      let colon = try #require(words.firstIndex(of: ":"))
      self.init(tokenError: String(words[..<colon]), String(words[colon...].dropFirst(2)), from: mailbox)
    } else {
      self.init(try Reply(wire: words), in: phase, from: mailbox)
    }
  }
}

extension ProviderFamily {
  /// Where its server stands.
  var host: String {
    switch self {
    case .microsoft: "smtp.office365.com"
    case .outlook: "smtp-mail.outlook.com"
    case .hve: "smtp.hve.mx.microsoft"
    case .google: "smtp.gmail.com"
    }
  }
}
