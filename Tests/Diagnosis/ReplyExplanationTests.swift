// What `letterhead explain` says of words that somebody pastes, and of which nobody knows the phase.

import Foundation
import Mailboxes
import Testing

@testable import Diagnosis

@Suite struct `An explanation of a reply` {
  private static let noon = Date(timeIntervalSince1970: 1_790_000_000)

  private func explanation(_ said: String, in phase: ConversationPhase? = nil) -> ReplyExplanation {
    ReplyExplanation(of: said, in: phase, at: Provider(name: "x", label: "Xmail"), now: Self.noon)
  }

  @Test(arguments: [
    ("535 5.7.8 Bad credentials", "sign-in"), ("550 5.1.1 No such user", "recipient"), ("554 Rejected", "body"),
    ("invalid_grant: expired", "token"), ("read ECONNRESET", "connect"), ("connection refused", "connect"),
    ("getaddrinfo ENOTFOUND smtp.x.example", "connect"), ("unable to get local issuer certificate", "tls"),
    ("error:1409442E:SSL routines:SSL3_READ_BYTES:tlsv1 alert protocol version", "tls"),
    ("Username and Password not accepted", "sign-in"), ("5.7.8 Authentication failed", "sign-in"),
    ("Sender address refused", "body"), ("5.1.1 No such user", "recipient"), ("Message refused", "body"),
  ])
  func `takes the most probable phase where none is named`(_ said: String, _ phase: String) {
    let explanation = explanation(said)
    #expect(explanation.phase == phase && explanation.phaseIsGuessed)
  }

  @Test(arguments: [
    ("Sender address rejected: not owned by user office", "sender", "hold"),
    ("Your account has been suspended", "policy", "hold"),
    ("You have reached your daily sending limit", "quota", "pause"),
    ("5.1.1 <x@y.example>: user unknown", "recipient", "fail"), ("4.3.0 Server busy", "transient", "retry"),
    ("Message contains a virus", "message", "fail"), ("Access denied", "message", "ask"),
    ("connection refused", "network", "hold"), ("self-signed certificate in chain", "network", "hold"),
    ("Username and Password not accepted", "auth", "hold"), ("5.7.8 Authentication failed", "auth", "hold"),
  ])
  func `takes words without a code for a lasting refusal, but for those of the network`(
    _ said: String, _ fault: String, _ action: String
  ) {
    let explanation = explanation(said)
    #expect(explanation.class == fault && explanation.action == action)
  }

  @Test func `names the concepts, the rule, the words' time and both sentences`() {
    let explanation = explanation("451 4.7.1 You send too fast, try again in 34 minutes", in: .mail)
    #expect(explanation.concepts.contains { $0.concept == "too-fast" && $0.words == "too fast" })
    #expect(explanation.rule.hasPrefix("words: our limit"))
    #expect(explanation.action == "pause" && explanation.summary.hasPrefix("Xmail finds"))
  }

  @Test(arguments: [
    (ConversationPhase.mail, "451 4.7.1 You send too fast, try again in 34 minutes", "rest for 34 minutes"),
    (.signIn, "451 4.7.1 Too many failed logins, try again in 34 seconds", "rest for 15 minutes"),
    (.body, "451 4.3.0 Server busy, try again in 5 minutes", "again after 5 minutes, as the words say"),
    (.mail, "451 4.7.1 Sender address rejected: not owned by user x", "three times in a row"),
    (.mail, "553 5.7.1 Sender address rejected: not owned by user x", "raises the error flag, holds all mail"),
  ])
  func `says what the relay does at the words' time or at a temporary code`(
    _ phase: ConversationPhase, _ said: String, _ consequence: String
  ) {
    #expect(explanation(said, in: phase).consequence.contains(consequence))
  }

  @Test(arguments: [("250 2.0.0 Ok: queued", true), ("550 no", false), ("no", false), ("", false)])
  func `knows a reply with which the provider takes the message`(_ said: String, _ isAcceptance: Bool) {
    #expect(Answer(stated: said, in: nil, family: nil).isAcceptance == isAcceptance)
  }

  @Test(arguments: ["rcpt", "EOD", "banner", "ehlo", "auth", "sign-in", "token"])
  func `knows a phase by the names of logs`(_ name: String) {
    #expect(ConversationPhase(named: name) != nil)
  }
}
