// From what the parts of the relay know to what people are told: facts go in, problems come out. Pure.

package import Foundation
package import Mailboxes
import Platform

/// What is known of the relay besides its mailboxes, at one moment.
package struct RelayFacts: Equatable, Sendable {
  package enum Storage: Equatable, Sendable {
    case working
    /// Not even a short message has room.
    case full
    /// In the system's words.
    case failing(String)
  }

  package struct Disk: Equatable, Sendable {
    /// A directory on it.
    package var path: String
    package var freeOctets: Int64
    /// `queue_min_free`.
    package var minimumOctets: Int64

    package init(path: String, freeOctets: Int64, minimumOctets: Int64) {
      self.path = path
      self.freeOctets = freeOctets
      self.minimumOctets = minimumOctets
    }
  }

  /// The mail of one entity, configured or not.
  package struct Mail: Equatable, Sendable {
    package var isConfigured = true
    /// Its mailbox is connected, not paused, and has no error flag.
    package var isSending = false
    package var queued = 0
    package var damaged = 0
    package var lastFailedAt: Date?
    /// Since when something is due and nobody has taken anything.
    package var untakenSince: Date?
    /// Since when a message waits whose refusal nothing explains.
    package var questionSince: Date?
    /// Messages perhaps taken by the provider, on which a person is to decide.
    package var undecided = 0

    package init(
      isConfigured: Bool = true, isSending: Bool = false, queued: Int = 0, damaged: Int = 0, lastFailedAt: Date? = nil,
      untakenSince: Date? = nil, questionSince: Date? = nil, undecided: Int = 0
    ) {
      self.isConfigured = isConfigured
      self.isSending = isSending
      self.queued = queued
      self.damaged = damaged
      self.lastFailedAt = lastFailedAt
      self.untakenSince = untakenSince
      self.questionSince = questionSince
      self.undecided = undecided
    }
  }

  /// Why mail of an app was held, and when that began.
  package struct AppHold: Equatable, Sendable {
    package var sentence: String
    package var since: Date

    package init(sentence: String, since: Date) {
      self.sentence = sentence
      self.since = since
    }
  }

  package var storage = Storage.working
  package var disk: Disk?
  /// Why listeners are closed that the configuration names, in sentences.
  package var closedListeners: [String] = []
  /// Why the last reload changed nothing, in a sentence.
  package var reloadFailure: String?
  /// By entity.
  package var mail: [String: Mail] = [:]
  /// Those all of whose mail a person keeps back.
  package var entityHolds: [EntityHold] = []
  /// Messages of clients that are no app, by the key of the client.
  package var pending: [String: Int] = [:]
  /// By app.
  package var appHolds: [String: AppHold] = [:]
  package var clockSteps = ClockSteps()
  /// How a command has to be typed so that it means this relay.
  package var commandEnding = ""
  /// The command by which this relay reads its configuration again.
  package var reloadCommand = "systemctl reload letterhead"

  package init() {}

  /// A due message may wait so long for somebody who takes it.
  static let longestUntaken: TimeInterval = 15 * 60
  /// A failed message is told so long.
  static let failureIsTold: TimeInterval = 24 * 3600

  /// What is wrong, those problems first that keep mail out.
  ///
  /// - Parameter earlier: what was wrong before: a problem that goes on keeps its `since`.
  package func problems(at now: Date, after earlier: [RelayProblem] = []) -> [RelayProblem] {
    let found = [
      diskProblem, storageProblem, listenerProblem, damage, standstill(at: now), orphans, openQuestions,
      undecided, heldByHand, heldByApp(at: now), unknownOutcomes, failures(at: now), failedReload, wrongClock(at: now),
    ]
    return found.compactMap { finding in
      finding.map { finding in
        let since = earlier.first { $0.class == finding.class }?.since ?? finding.since ?? now
        return RelayProblem(class: finding.class, since: since, summary: finding.summary, remedy: finding.remedy)
      }
    }
  }
}

extension RelayFacts {
  private struct Finding {
    var `class`: RelayProblem.Kind
    /// `nil`: it is seen now.
    var since: Date?
    var summary: String
    var remedy: String
  }

  // MARK: What keeps mail out

  private var diskProblem: Finding? {
    guard let disk, storage == .full || disk.freeOctets < disk.minimumOctets else {
      guard storage == .full else { return nil }
      return Finding(
        class: .disk, summary: "The disk is full, so new mail is refused with 452.",
        remedy: "Free some space on the disk of state_dir. What waits is kept and still goes out.")
    }
    return Finding(
      class: .disk,
      summary: "\(Self.octets(disk.freeOctets)) is free on the disk of \(disk.path), less than queue_min_free "
        + "(\(Self.octets(disk.minimumOctets))), so new mail is refused with 452.",
      remedy:
        "Free some space there, or set a smaller queue_min_free and reload. What waits is kept and still goes out.")
  }

  private var storageProblem: Finding? {
    guard case .failing(let reason) = storage else { return nil }
    return Finding(
      class: .spool, summary: "The queue cannot be written (\(reason)), so new mail is refused with 452.",
      remedy: "Look at the disk of state_dir and at who owns it. The relay goes on by itself when it can write again.")
  }

  private var listenerProblem: Finding? {
    guard let first = closedListeners.first else { return nil }
    let others = closedListeners.count > 1 ? " \(closedListeners.count - 1) more cannot be opened either." : ""
    return Finding(
      class: .listener, summary: first + others,
      remedy: "When that is mended, reload: \(reloadCommand)")
  }

  // MARK: What is the matter with waiting mail

  private var damage: Finding? {
    let damaged = mail.filter { $0.value.damaged > 0 }
    guard !damaged.isEmpty else { return nil }
    return Finding(
      class: .damaged,
      summary: "The queue's database cannot read some messages. They are set aside: "
        + Self.list(damaged.mapValues { "\($0.damaged)" }) + ". All others go out.",
      remedy:
        "See which, and whose, with: letterhead queue damaged\(commandEnding). Have the apps send them again, check "
        + "the disk, then delete them: letterhead queue delete ID\(commandEnding)")
  }

  private func standstill(at now: Date) -> Finding? {
    let stuck = mail.compactMapValues { mail in
      mail.isSending && mail.isConfigured
        ? mail.untakenSince.flatMap { now - $0 >= Self.longestUntaken ? $0 : nil } : nil
    }
    guard let (entity, since) = stuck.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return nil }
    return Finding(
      class: .stuck, since: since,
      summary: "Mail is due and nothing of it was taken up: " + Self.list(stuck.mapValues { "since \(Self.time($0))" })
        + ". The server cannot be reached, or the relay hangs.",
      remedy:
        "Run: letterhead test \(entity)\(commandEnding). If it succeeds and mail still waits, restart the relay and "
        + "keep its log.")
  }

  private var orphans: Finding? {
    let orphaned = mail.filter { !$0.value.isConfigured && $0.value.queued > 0 }
    guard let first = orphaned.keys.min() else { return nil }
    return Finding(
      class: .orphaned,
      summary: "Mail waits of entities that are not in the configuration: "
        + Self.list(orphaned.mapValues { "\($0.queued)" }) + ".",
      remedy: "Put [entity.\(first)] back into the configuration and reload, or see these messages with letterhead "
        + "queue\(commandEnding) and delete them: letterhead queue delete ID\(commandEnding)")
  }

  private var openQuestions: Finding? {
    let open = mail.compactMapValues(\.questionSince)
    guard let (entity, since) = open.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return nil }
    return Finding(
      class: .question, since: since,
      summary:
        "A provider refuses mail and does not say why, and it is not known yet whether the mailbox or the mail is "
        + "meant: " + Self.list(open.mapValues { "since \(Self.time($0))" }) + ".",
      remedy:
        "Its words stand at the entity and in letterhead queue\(commandEnding); the mail is kept and tried again. "
        + "Look at the mailbox with: letterhead test \(entity)\(commandEnding)")
  }

  private var undecided: Finding? {
    guard let first = pending.keys.min() else { return nil }
    return Finding(
      class: .pending,
      summary: "Mail of senders that match no app is held: " + Self.list(pending.mapValues { "\($0)" }) + ".",
      remedy:
        "See whose it is with: letterhead app pending\(commandEnding). Then letterhead app approve \(first) --name NAME "
        + "--entity ENTITY\(commandEnding), or letterhead app deny \(first)\(commandEnding)")
  }

  private var heldByHand: Finding? {
    let holds = entityHolds.sorted { $0.entity < $1.entity }
    guard let first = holds.first, let since = holds.map(\.since).min() else { return nil }
    let list = holds.map { "\($0.entity) (since \(Self.time($0.since)), by \($0.by.name))" }
    return Finding(
      class: .held, since: since, summary: "All mail is held by hand of: \(list.joined(separator: ", ")).",
      remedy: "To let it go, run: letterhead queue release --entity \(first.entity)\(commandEnding)")
  }

  private static let heldMail = "Mail of apps is held: "

  /// What the relay before has told of apps. It goes on, so that nobody is told of it again after a restart.
  package static func appHolds(in problems: [RelayProblem]) -> [String: AppHold] {
    guard let told = problems.first(where: { $0.class == .app }), told.summary.hasPrefix(heldMail) else { return [:] }
    let sentences = told.summary.dropFirst(heldMail.count).dropLast().split(separator: "; ").map(String.init)
    return Dictionary(sentences.map { ($0, AppHold(sentence: $0, since: told.since)) }) { first, _ in first }
  }

  private func heldByApp(at now: Date) -> Finding? {
    let held = appHolds.filter { now.timeIntervalSince($0.value.since) < Self.failureIsTold }
    guard let (_, latest) = held.max(by: { ($0.value.since, $0.key) < ($1.value.since, $1.key) }) else { return nil }
    return Finding(
      class: .app, since: latest.since,
      summary: Self.heldMail + Set(held.values.map(\.sentence)).sorted().joined(separator: "; ") + ".",
      remedy:
        "Look at it with letterhead queue\(commandEnding), then: letterhead queue release ID\(commandEnding), or delete it."
    )
  }

  private var unknownOutcomes: Finding? {
    let open = mail.filter { $0.value.undecided > 0 }
    guard !open.isEmpty else { return nil }
    return Finding(
      class: .unknown,
      summary:
        "Messages were handed over whole and got no answer, and whether they have arrived is for a person to decide: "
        + Self.list(open.mapValues { "\($0.undecided)" }) + ".",
      remedy:
        "See them with: letterhead queue --state unknown\(commandEnding). Then say of each: letterhead queue resolve ID "
        + "delivered\(commandEnding), or letterhead queue resolve ID retry\(commandEnding)")
  }

  private func failures(at now: Date) -> Finding? {
    let failed = mail.compactMapValues { mail in
      mail.lastFailedAt.flatMap { now - $0 < Self.failureIsTold ? $0 : nil }
    }
    guard let first = failed.values.min() else { return nil }
    return Finding(
      class: .failed, since: first,
      summary: "Messages were given up in the last 24 hours: "
        + Self.list(failed.mapValues { "the latest at \(Self.time($0))" }) + ".",
      remedy: "See why with: letterhead queue\(commandEnding). Then let them be tried again (letterhead queue retry "
        + "ID\(commandEnding)) or delete them (letterhead queue delete ID\(commandEnding)).")
  }

  // MARK: The rest

  private var failedReload: Finding? {
    guard let reloadFailure else { return nil }
    return Finding(
      class: .reload, summary: "The configuration was not read again: \(reloadFailure)",
      remedy:
        "The relay goes on with the one it has. Mend the file (letterhead check\(commandEnding) shows all that is "
        + "wrong), then reload: \(reloadCommand)")
  }

  private func wrongClock(at now: Date) -> Finding? {
    if now < ClockSteps.earliest {
      return Finding(
        class: .clock, summary: "The clock says \(Self.time(now)), which cannot be.",
        remedy: "Set the clock, and see that it is kept right: timedatectl. Certificates and sign-ins fail until then.")
    }
    guard let step = clockSteps.recent(at: now) else { return nil }
    let seconds = Int(abs(step.size).rounded())
    return Finding(
      class: .clock, since: step.at,
      summary:
        "The clock was set \(step.size < 0 ? "back" : "forward") by \("second".counted(seconds)) at \(Self.time(step.at)).",
      remedy: "See that the clock is kept right: timedatectl. Waiting mail is tried by the new time.")
  }

  // MARK: Words

  /// `acme (3), beta (1)`.
  private static func list(_ entities: [String: String]) -> String {
    entities.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
  }

  private static func time(_ date: Date) -> String { date.formatted(.iso8601) }

  private static func octets(_ count: Int64) -> String {
    count < 10 << 20 ? "\(count >> 10)K" : "\(count >> 20)M"
  }
}

private func - (later: Date, earlier: Date) -> TimeInterval { later.timeIntervalSince(earlier) }
