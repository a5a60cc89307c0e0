// When copies are filed, looked for and left alone: tables, without a spool and without a folder.

import Foundation
import Message
import SMTP
import Spool
import Testing
import Transport

@testable import Delivery

@Suite struct `The state of a mailbox's copies` {
  private static let start = Date(timeIntervalSince1970: 1_800_000_000)
  private static let office = Address(localPart: "office", domain: "firm.example")

  private static func open(
    _ id: Int64, due: TimeInterval = 0, begun: Bool = false, sentAs: Address? = office, sent: TimeInterval = 0
  ) -> SentCopyState.Open {
    var copy = SentCopy(
      sentAt: start + sent, sentAs: sentAs, messageID: InternetMessageID("<\(id)@relay.example>".utf8))
    copy.due = start + due
    if begun { copy.stage = .begun }
    return SentCopyState.Open(id: MessageID(rawValue: id), copy: copy)
  }

  private func step(
    _ copies: [SentCopyState.Open], isWanted: Bool = true, after span: TimeInterval = 0,
    in state: SentCopyState = SentCopyState()
  ) -> SentCopyState.Step {
    state.step(for: copies, to: Self.office, isWanted: isWanted, at: Self.start + span)
  }

  @Test func `files what is due, the oldest first, and in portions`() {
    let copies = (1...30).map { Self.open($0, due: $0 == 3 ? 60 : 0) }
    guard case .file(let portion) = step(copies) else {
      Issue.record("nothing is filed")
      return
    }
    #expect(portion.map(\.id.rawValue) == [1, 2] + Array(4...21))
    #expect(step([Self.open(3, due: 60)]) == .rest(until: Self.start + 60))
    #expect(step([]) == .rest(until: nil))
  }

  @Test func `drops what nobody wants, and what left through another mailbox`() {
    let other = Address(localPart: "old", domain: "firm.example")
    #expect(
      step([Self.open(1)], isWanted: false)
        == .drop([MessageID(rawValue: 1)], "not filed: no copies are wanted any more (sent_copy)"))
    #expect(
      step([Self.open(1), Self.open(2, sentAs: other)])
        == .drop([MessageID(rawValue: 2)], "not filed: the mailbox is another now"))
    #expect(step([Self.open(1, sentAs: nil)]) == .file([Self.open(1, sentAs: nil)]))
  }

  @Test func `leaves a mailbox alone after a failure: 1, 5, 15, 60 minutes, and goes on at once after a success`() {
    var state = SentCopyState()
    var spans: [TimeInterval] = []
    for _ in 0..<6 {
      state.note(.full(words: "no room"), at: Self.start)
      spans.append(state.notBefore?.timeIntervalSince(Self.start) ?? 0)
    }
    #expect(spans == [60, 300, 900, 3600, 3600, 3600])
    #expect(step([Self.open(1)], in: state) == .rest(until: Self.start + 3600))
    #expect(state.trouble?.cause == .full && state.trouble?.since == Self.start)
    state.noteSuccess()
    #expect(step([Self.open(1)], in: state) == .file([Self.open(1)]) && state.trouble == nil)
  }

  @Test func `tells a person at once what does not pass by itself, and the rest when it has happened twice`() {
    let table: [(SentFolderError, SentCopyTrouble.Cause, atOnce: Bool)] = [
      (.notPermitted(words: ""), .notPermitted, true), (.noFolder, .noFolder, true), (.full(words: ""), .full, true),
      (.unreachable(words: ""), .unreachable, false), (.refused(words: ""), .refused, false),
    ]
    for (error, cause, atOnce) in table {
      var state = SentCopyState()
      state.note(error, at: Self.start)
      #expect(state.trouble?.cause == cause && state.trouble?.isLasting == atOnce, "\(error)")
      state.note(error, at: Self.start + 60)
      #expect(state.trouble?.isLasting == true && state.trouble?.since == Self.start, "\(error)")
    }
    var state = SentCopyState()
    state.note(.cancelled, at: Self.start)
    #expect(state == SentCopyState())
  }

  @Test func `is not kept waiting by a clock that was set back`() {
    #expect(step([Self.open(1, due: 4000)]) == .file([Self.open(1, due: 4000)]))
    var state = SentCopyState()
    state.note(.noFolder, at: Self.start + 86_400)
    #expect(step([Self.open(1)], in: state) == .file([Self.open(1)]))
  }

  @Test func `doubts a copy whose answer was lost, and no other`() {
    let now = Self.start
    let table: [(SentFolderError, SentCopy.Stage, TimeInterval)] = [
      (.unreachable(words: ""), .begun, 60), (.cancelled, .begun, 60), (.full(words: ""), .due, 60),
      (.noFolder, .due, 60), (.refused(words: ""), .due, 60), (.notPermitted(words: ""), .due, 60),
    ]
    for (error, stage, span) in table {
      let (found, due) = SentCopyState.failed(Self.open(1).copy, error, at: now)
      #expect(found == stage && due == now + span, "\(error)")
    }
    var copy = Self.open(1).copy
    copy.attempts = 9
    #expect(SentCopyState.failed(copy, .refused(words: ""), at: now).due == now + 3600)
  }

  @Test func `looks only for what was begun, back to when the oldest of it was sent`() {
    #expect(SentCopyState.lookingSince([Self.open(1), Self.open(2)]) == nil)
    #expect(
      SentCopyState.lookingSince([
        Self.open(1), Self.open(2, begun: true, sent: 50), Self.open(3, begun: true, sent: 9),
      ])
        == Self.start + 9 - 120)
  }

  @Test func `knows a copy again by any of its identifiers, and says when it cannot tell`() {
    let copy = Self.open(1, begun: true).copy
    func header(_ ids: [String], _ span: TimeInterval) -> SentHeader {
      SentHeader(messageIDs: ids, filedAt: Self.start + span)
    }
    let strangers = (0..<200).map { header(["\($0)@other.example"], 5) }
    let table: [([SentHeader], SentCopyState.Whereabouts, Comment)] = [
      ([], .missing, "an empty folder"), ([header(["1@relay.example"], 0)], .there, "its own"),
      ([header(["new@provider.example", "1@relay.example"], 3)], .there, "renamed by the provider"),
      ([header(["1@relay.example"], -600)], .missing, "an earlier message of the same name"),
      (strangers, .unknowable, "all of one look is later"),
      (strangers.dropLast() + [header([], -1)], .missing, "the look reaches back to before it was sent"),
    ]
    for (headers, whereabouts, why) in table {
      #expect(SentCopyState.whereabouts(of: copy, among: headers) == whereabouts, why)
    }
    let nameless = SentCopy(sentAt: Self.start, sentAs: nil, messageID: nil)
    #expect(SentCopyState.whereabouts(of: nameless, among: []) == .unknowable)
  }
}
