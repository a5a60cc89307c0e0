// What of the queue's counts becomes a problem that people are told of.

import Delivery
import Foundation
import Mailboxes
import Spool
import Status
import Testing

@testable import Letterhead

@Suite struct RelayHealthTests {
  private let now = Date(timeIntervalSince1970: 1_795_334_400)

  private func problems(of counts: Counts, under key: String) -> [RelayProblem.Kind] {
    var facts = RelayFacts()
    let directory = Directory(entities: [Entity(key: "acme", name: "Acme")])
    facts.mail = [key: RelayFacts.Mail(counts, of: key, in: directory, OpenQuestionBoard(), now)]
    return facts.problems(at: now).map(\.class)
  }

  @Test(
    arguments: [
      ("acme", []), ("gone", [.orphaned]), ("?uid:33/php8.2-fpm.service", []), ("acme?sandbox", []),
    ] as [(String, [RelayProblem.Kind])])
  func `mail that waits is of a lost entity, or it is the relay's own`(key: String, problems: [RelayProblem.Kind]) {
    var counts = Counts()
    (counts.queued, counts.heldByHand) = (3, 3)
    #expect(self.problems(of: counts, under: key) == problems)
  }

  @Test(arguments: [("acme", [.failed]), ("?uid:33", [])] as [(String, [RelayProblem.Kind])])
  func `what a person has denied was not given up`(key: String, problems: [RelayProblem.Kind]) {
    var counts = Counts()
    (counts.failed, counts.lastFailedAt) = (1, now.addingTimeInterval(-60))
    #expect(self.problems(of: counts, under: key) == problems)
  }
}
