// From facts to problems to the relay's state.

import Foundation
import Mailboxes
import Testing

@testable import Status

private let noon = Date(timeIntervalSince1970: 1_795_348_800)  // 2026-11-22T12:00:00Z

private func facts(_ change: (inout RelayFacts) -> Void) -> RelayFacts {
  var facts = RelayFacts()
  change(&facts)
  return facts
}

private func mail(_ mail: RelayFacts.Mail) -> RelayFacts { facts { $0.mail = ["acme": mail] } }

private func disk(free: Int64) -> RelayFacts.Disk {
  .init(path: "/var/lib/letterhead", freeOctets: free, minimumOctets: 256 << 20)
}

private func hold(before now: TimeInterval) -> [String: RelayFacts.AppHold] {
  ["erp": .init(sentence: "erp has sent its 60 messages this minute", since: noon - now)]
}

private func clock(steppedBy seconds: TimeInterval, before now: TimeInterval = 0) -> RelayFacts {
  let start = ContinuousClock.now
  return facts { facts in
    facts.clockSteps.look(wall: noon - now - 5 - seconds, steady: start)
    facts.clockSteps.look(wall: noon - now, steady: start + .seconds(5))
  }
}

@Suite struct RelayFactsTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var facts: RelayFacts
    var problems: [RelayProblem.Kind]
    var state: Snapshot.State
  }

  static let rows = [
    Row(testDescription: "nothing is wrong", facts: RelayFacts(), problems: [], state: .ok),
    Row(
      testDescription: "there is room", facts: facts { $0.disk = disk(free: 256 << 20) }, problems: [], state: .ok),
    Row(
      testDescription: "less than queue_min_free is free", facts: facts { $0.disk = disk(free: 255 << 20) },
      problems: [.disk], state: .error),
    Row(
      testDescription: "no message has room", facts: facts { ($0.disk, $0.storage) = (disk(free: 1 << 40), .full) },
      problems: [.disk], state: .error),
    Row(
      testDescription: "the queue cannot be written", facts: facts { $0.storage = .failing("disk I/O error") },
      problems: [.spool], state: .error),
    Row(
      testDescription: "a listener is closed", facts: facts { $0.closedListeners = ["Cannot listen on 127.0.0.1:25."] },
      problems: [.listener], state: .error),
    Row(
      testDescription: "an entity is on hold",
      facts: facts {
        $0.entityHolds = [EntityHold(entity: "acme", since: noon, by: Requester(key: "uid:0", name: "root"))]
      }, problems: [.held], state: .degraded),
    Row(
      testDescription: "a person is to decide", facts: mail(.init(undecided: 2)), problems: [.unknown], state: .degraded
    ),
    Row(
      testDescription: "messages are damaged", facts: mail(.init(damaged: 2)), problems: [.damaged], state: .degraded),
    Row(
      testDescription: "mail is due and has not been taken for 15 minutes",
      facts: mail(.init(isSending: true, queued: 1, untakenSince: noon - 900)), problems: [.stuck], state: .degraded),
    Row(
      testDescription: "mail is due and has not been taken for a moment",
      facts: mail(.init(isSending: true, queued: 1, untakenSince: noon - 899)), problems: [], state: .ok),
    Row(
      testDescription: "mail waits for a mailbox that does not send: that is the mailbox's matter",
      facts: mail(.init(isSending: false, queued: 1, untakenSince: noon - 9000)), problems: [], state: .ok),
    Row(
      testDescription: "mail of an entity that is gone", facts: mail(.init(isConfigured: false, queued: 3)),
      problems: [.orphaned], state: .degraded),
    Row(
      testDescription: "an entity that is gone, without mail", facts: mail(.init(isConfigured: false)), problems: [],
      state: .ok),
    Row(
      testDescription: "a refusal is not explained", facts: mail(.init(queued: 1, questionSince: noon - 60)),
      problems: [.question], state: .degraded),
    Row(
      testDescription: "mail of senders that match no app waits", facts: facts { $0.pending = ["uid:1000": 3] },
      problems: [.pending], state: .degraded),
    Row(
      testDescription: "mail of an app was held within a day", facts: facts { $0.appHolds = hold(before: 86_399) },
      problems: [.app], state: .degraded),
    Row(
      testDescription: "mail of an app was held longer ago", facts: facts { $0.appHolds = hold(before: 86_400) },
      problems: [], state: .ok),
    Row(
      testDescription: "a message failed within a day", facts: mail(.init(lastFailedAt: noon - 86_399)),
      problems: [.failed], state: .degraded),
    Row(
      testDescription: "a message failed longer ago", facts: mail(.init(lastFailedAt: noon - 86_400)), problems: [],
      state: .ok),
    Row(
      testDescription: "a reload failed", facts: facts { $0.reloadFailure = "letterhead.toml:3: no TOML." },
      problems: [.reload], state: .degraded),
    Row(testDescription: "the clock went back", facts: clock(steppedBy: -7200), problems: [.clock], state: .degraded),
    Row(testDescription: "the clock went forward", facts: clock(steppedBy: 60), problems: [.clock], state: .degraded),
    Row(testDescription: "the clock is kept right", facts: clock(steppedBy: 59), problems: [], state: .ok),
    Row(
      testDescription: "the clock was set an hour ago", facts: clock(steppedBy: 7200, before: 3600), problems: [],
      state: .ok),
    Row(
      testDescription: "several at once, those first that keep mail out",
      facts: facts { ($0.reloadFailure, $0.disk, $0.mail["b"]) = ("no.", disk(free: 0), .init(damaged: 1)) },
      problems: [.disk, .damaged, .reload], state: .error),
  ]

  @Test(arguments: rows)
  func `the relay's state follows from what its parts know`(row: Row) {
    let problems = row.facts.problems(at: noon)
    #expect(problems.map(\.class) == row.problems)
    let snapshot = Snapshot(
      version: "1", pid: 1, startedAt: noon, updatedAt: noon, entities: [:], problems: problems)
    #expect(snapshot.state == row.state && !snapshot.errorFlag)
    for problem in problems { #expect(problem.summary.hasSuffix(".") && !problem.remedy.isEmpty, "\(problem)") }
  }

  @Test func `a clock that has lost its time is a problem at once`() {
    let lost = Date(timeIntervalSince1970: 3600)
    #expect(RelayFacts().problems(at: lost).map(\.summary) == ["The clock says 1970-01-01T01:00:00Z, which cannot be."])
  }

  @Test func `a problem that goes on keeps its time, and one that comes back has a new one`() {
    let full = facts { $0.disk = disk(free: 0) }
    let first = full.problems(at: noon)
    #expect(first.map(\.since) == [noon])
    let later = facts { $0.disk = disk(free: 1 << 20) }.problems(at: noon + 60, after: first)
    #expect(later.map(\.since) == [noon] && later != first, "other figures, the same problem")
    let mended = RelayFacts().problems(at: noon + 120, after: later)
    #expect(mended.isEmpty)
    #expect(full.problems(at: noon + 180, after: mended).map(\.since) == [noon + 180])
  }

  @Test func `held mail of apps is told of once, over a restart and when it begins again`() {
    let holds = ["erp": "erp has sent its 2 messages in 24 hours", "crm": "crm has sent its 9 messages this minute"]
    let first = facts { $0.appHolds = holds.mapValues { .init(sentence: $0, since: noon) } }.problems(at: noon)
    #expect(first.map(\.summary) == ["Mail of apps is held: \(holds["crm"]!); \(holds["erp"]!)."])
    var restarted = facts { $0.appHolds = RelayFacts.appHolds(in: first) }
    #expect(restarted.problems(at: noon + 60, after: first) == first)
    restarted.appHolds["erp"] = .init(sentence: holds["erp"]!, since: noon + 60)
    #expect(restarted.problems(at: noon + 60, after: first) == first)
    #expect(RelayFacts.appHolds(in: []).isEmpty)
  }

  @Test func `the sentences name the entities, the figures and commands that work`() {
    var all = facts { facts in
      facts.disk = disk(free: 12 << 20)
      facts.mail = [
        "acme": .init(isSending: true, queued: 4, damaged: 2, untakenSince: noon - 1000),
        "gone": .init(isConfigured: false, queued: 3),
      ]
    }
    #expect(
      all.problems(at: noon).map(\.summary) == [
        "12M is free on the disk of /var/lib/letterhead, less than queue_min_free (256M), so new mail is refused with 452.",
        "The queue's database cannot read some messages. They are set aside: acme (2). All others go out.",
        "Mail is due and nothing of it was taken up: acme (since 2026-11-22T11:43:20Z). The server cannot be reached, or "
          + "the relay hangs.",
        "Mail waits of entities that are not in the configuration: gone (3).",
      ])
    all.commandEnding = " --config /srv/lh.toml"
    let remedies = all.problems(at: noon).map(\.remedy)
    #expect(remedies[1].contains("letterhead queue damaged --config /srv/lh.toml"))
    #expect(remedies[2].contains("letterhead test acme --config /srv/lh.toml"))
  }

  @Test func `the sentences on apps name who is meant, how much, and what to decide`() {
    let problems = facts { facts in
      facts.commandEnding = " --config /srv/lh.toml"
      facts.pending = ["uid:33/php8.2-fpm.service": 12, "net:192.0.2.7": 1]
      facts.appHolds = hold(before: 60)
      facts.appHolds["crm"] = .init(sentence: "crm sends the same again and again", since: noon - 30)
    }.problems(at: noon)
    #expect(
      problems.map(\.summary) == [
        "Mail of senders that match no app is held: net:192.0.2.7 (1), uid:33/php8.2-fpm.service (12).",
        "Mail of apps is held: crm sends the same again and again; erp has sent its 60 messages this minute.",
      ])
    #expect(
      problems.map(\.remedy) == [
        "See whose it is with: letterhead app pending --config /srv/lh.toml. Then letterhead app approve net:192.0.2.7 "
          + "--name NAME --entity ENTITY --config /srv/lh.toml, or letterhead app deny net:192.0.2.7 --config /srv/lh.toml",
        "Look at it with letterhead queue --config /srv/lh.toml, then: letterhead queue release ID --config /srv/lh.toml, "
          + "or delete it.",
      ])
    #expect(problems.map(\.since) == [noon, noon - 30], "the latest of them")
  }
}
