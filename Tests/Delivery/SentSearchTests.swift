// When the Sent folder is looked into, and what is concluded from what is there: tables.

import Foundation
import Mailboxes
import Message
import SMTP
import Spool
import Testing
import Transport
import TransportSupport

@testable import Delivery

@Suite struct `A search in Sent` {
  private static let office = Address(localPart: "office", domain: "firm.example")

  private let search = SentSearch(rule: .check, address: office)

  private static func message(
    _ id: Int64 = 1, writtenAt: TimeInterval = 0, due: TimeInterval = 10, messageID: String = "<1@relay>",
    sentAs: Address? = office, isPartlyDelivered: Bool = false, taken: Int = 0
  ) -> SentSearch.Unanswered {
    SentSearch.Unanswered(
      id: MessageID(rawValue: id),
      outcome: UnknownOutcome(
        writtenAt: noon + writtenAt, recipients: [office], messageID: InternetMessageID(messageID.utf8), sentAs: sentAs),
      due: noon + due, isPartlyDelivered: isPartlyDelivered, taken: taken)
  }

  private static func copy(_ ids: String..., at time: TimeInterval = 5) -> SentHeader {
    SentHeader(messageIDs: ids, filedAt: noon + time)
  }

  // MARK: When

  @Test func `rests until the first is due, and then looks for all at once, from two minutes before the oldest`() {
    let messages = [Self.message(1, writtenAt: 3, due: 13), Self.message(2, due: 60)]
    #expect(search.step(for: messages, at: noon + 12) == .rest(until: noon + 13))
    #expect(search.step(for: messages, at: noon + 13) == .look(for: messages, since: noon - 120))
    #expect(search.step(for: [], at: noon) == .rest(until: nil))
  }

  @Test func `is not made where nobody wants it`() {
    let hold = SentSearch(rule: .hold, address: Self.office)
    #expect(hold.step(for: [Self.message()], at: noon + 9999) == .rest(until: nil))
    let retry = SentSearch(rule: .retry, address: Self.office)
    guard case .decide(let decisions) = retry.step(for: [Self.message(), Self.message(2)], at: noon) else {
      Issue.record("nothing is decided")
      return
    }
    #expect(decisions.map(\.verdict) == [.notSearched, .notSearched])
  }

  @Test(arguments: [
    (message(sentAs: Address(localPart: "sales", domain: "firm.example")), "handed over as sales@firm.example"),
    (message(isPartlyDelivered: true), "other recipients have it"),
  ])
  func `is not made where it would tell nothing`(message: SentSearch.Unanswered, words: String) {
    guard case .decide(let decisions) = search.step(for: [message, Self.message(2)], at: noon + 10) else {
      Issue.record("nothing is decided")
      return
    }
    #expect(decisions.map(\.verdict) == [.notSearched] && decisions.first?.words.contains(words) == true)
  }

  // MARK: What it means

  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var elapsed: TimeInterval = 10
    var message = `A search in Sent`.message()
    let finding: SentSearch.Finding
    let verdict: SentSearch.Conclusion.Upshot
  }

  static let rows = [
    Row(testDescription: "there", finding: .headers([copy("1@relay")]), verdict: .found),
    Row(testDescription: "there by its old name", finding: .headers([copy("new@gmail", "1@relay")]), verdict: .found),
    Row(
      testDescription: "there, by a clock that is behind", finding: .headers([copy("1@relay", at: -119)]),
      verdict: .found),
    Row(
      testDescription: "an older copy of the same", finding: .headers([copy("1@relay", at: -121)]),
      verdict: .lookAgain(at: noon + 60)),
    Row(testDescription: "another is there", finding: .headers([copy("2@relay")]), verdict: .lookAgain(at: noon + 60)),
    Row(
      testDescription: "the copy is another message's", message: message(taken: 1),
      finding: .headers([copy("1@relay")]), verdict: .lookAgain(at: noon + 60)),
    Row(
      testDescription: "its own beside another's", message: message(taken: 1),
      finding: .headers([copy("1@relay"), copy("1@relay")]), verdict: .found),
    Row(
      testDescription: "a Message-ID without brackets", message: message(messageID: "1@relay"),
      finding: .headers([copy("1@relay")]), verdict: .found),
    Row(
      testDescription: "not at the second look", elapsed: 60, finding: .headers([]), verdict: .lookAgain(at: noon + 300)
    ),
    Row(testDescription: "not at the last", elapsed: 300, finding: .headers([]), verdict: .notFound),
    Row(testDescription: "not after a long stop", elapsed: 9999, finding: .headers([]), verdict: .notFound),
    Row(testDescription: "not, and the clock was set back", elapsed: -9999, finding: .headers([]), verdict: .notFound),
    Row(
      testDescription: "two hundred newer ones hide it", elapsed: 300,
      finding: .headers(Array(repeating: copy("x", at: 60), count: 200)), verdict: .notSearched),
    Row(
      testDescription: "two hundred, some older", elapsed: 300,
      finding: .headers(Array(repeating: copy("x", at: 60), count: 199) + [copy("y", at: -1)]), verdict: .notFound),
    Row(testDescription: "not permitted", finding: .impossible("no IMAP"), verdict: .notSearched),
    Row(testDescription: "not reached", finding: .unreachable("timed out"), verdict: .lookAgain(at: noon + 60)),
    Row(
      testDescription: "not reached for long", elapsed: 400, finding: .unreachable("timed out"),
      verdict: .lookAgain(at: noon + 600)),
    Row(
      testDescription: "not reached for very long", elapsed: 7200, finding: .unreachable("timed out"),
      verdict: .lookAgain(at: noon + 8100)),
    Row(
      testDescription: "not reached for a day", elapsed: 86_400, finding: .unreachable("timed out"),
      verdict: .notSearched),
  ]

  @Test(arguments: rows) func `means one thing`(row: Row) throws {
    let now = noon + row.elapsed
    var message = row.message
    if row.elapsed > 10 { message = Self.message(due: row.elapsed, messageID: "<1@relay>", taken: message.taken) }
    if row.elapsed < 0 { message = Self.message(due: 10) }
    let decision = try #require(search.decisions(on: [message], row.finding, at: now).first)
    #expect(decision.verdict == row.verdict)
    let isAgain = decision.verdict == .notFound || decision.verdict == .notSearched
    #expect(decision.words.hasSuffix("may arrive twice") == isAgain, "\(decision.words)")
  }

  @Test func `says nothing of what is not due and not there`() {
    let messages = [Self.message(1), Self.message(2, due: 60, messageID: "<2@relay>")]
    let decisions = search.decisions(on: messages, .headers([]), at: noon + 10)
    #expect(decisions.map(\.id.rawValue) == [1])
    let early = search.decisions(on: messages, .headers([Self.copy("2@relay")]), at: noon + 10)
    #expect(early.map(\.verdict) == [.lookAgain(at: noon + 60), .found])
  }

  @Test func `finds as many of several with one Message-ID as there are copies`() {
    let messages = (1...3).map { Self.message($0, due: 300) }
    let decisions = search.decisions(
      on: messages, .headers([Self.copy("1@relay"), Self.copy("1@relay")]), at: noon + 300)
    #expect(decisions.map(\.verdict) == [.found, .found, .notFound])
  }
}
