// Gathers what the parts of the relay know of themselves, and keeps what is wrong from one look to the next.

import Diagnosis
import Foundation
import Delivery
import Mailboxes
import Platform
import Spool
import Status
import Synchronization

final class RelayHealth: Sendable {
  private struct State {
    var reloadFailure: String?
    var closedListeners: [String] = []
    var appHolds: [String: RelayFacts.AppHold] = [:]
    var clockSteps = ClockSteps()
    var problems: [RelayProblem]
  }

  private let state: Mutex<State>
  /// Says that a problem has come, has gone, or says something else.
  let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  /// - Parameter problems: what the relay before has told: a problem that goes on keeps its `since`.
  init(after problems: [RelayProblem]) {
    state = Mutex(State(appHolds: RelayFacts.appHolds(in: problems), problems: problems))
  }

  /// As of the latest look.
  var problems: [RelayProblem] { state.withLock { $0.problems } }

  /// - Parameter failure: why the configuration was not read again; `nil`: it was.
  func noteReload(failure: String?) { state.withLock { $0.reloadFailure = failure } }

  func noteListeners(closed: [ListenerOpeningError]) {
    state.withLock { $0.closedListeners = closed.map(\.description) }
  }

  /// Mail of an app begins to be held. Told for a day.
  func noteHeldMail(of app: String, _ sentence: String, at now: Date = Date()) {
    state.withLock { state in
      state.appHolds = state.appHolds.filter { now.timeIntervalSince($0.value.since) < 24 * 3600 }
      state.appHolds[app] = RelayFacts.AppHold(sentence: sentence, since: now)
    }
  }

  /// - Returns: what is wrong now.
  func look(
    at spool: Spool, _ questions: OpenQuestionBoard, _ directory: Directory, _ configuration: Configuration,
    at now: Date
  ) -> [RelayProblem] {
    var facts = RelayFacts()
    facts.storage = RelayFacts.Storage(spool.health)
    facts.disk = configuration.disk
    let counts = spool.counts
    for (key, counts) in counts where SpoolKey.isPending(key) && counts.queued > 0 {
      facts.pending[String(key.dropFirst())] = counts.queued
    }
    facts.mail = counts.reduce(into: [:]) {
      $0[$1.key] = RelayFacts.Mail($1.value, of: $1.key, in: directory, questions, now)
    }
    facts.entityHolds = directory.entities.compactMap { directory.hold(of: $0.key) }
    facts.commandEnding = configuration.commandEnding
    facts.reloadCommand = ServiceCommands.here.reload(getpid())
    let (problems, areNew) = state.withLock { state in
      state.clockSteps.look(wall: now, steady: .now)
      facts.clockSteps = state.clockSteps
      facts.reloadFailure = state.reloadFailure
      facts.closedListeners = state.closedListeners
      facts.appHolds = state.appHolds
      let before = state.problems
      state.problems = facts.problems(at: now, after: before)
      return (state.problems, state.problems != before)
    }
    if areNew { changed.yield() }
    return problems
  }
}

extension RelayFacts.Storage {
  fileprivate init(_ health: SpoolHealth) {
    switch health {
    case .working: self = .working
    case .full: self = .full
    case .failing(.unwritable(let reason)), .failing(.corrupt(let reason)): self = .failing(reason)
    case .failing(let error): self = .failing("\(error)")
    }
  }
}

extension RelayFacts.Mail {
  init(
    _ counts: Counts, of entity: String, in directory: Directory, _ questions: OpenQuestionBoard, _ now: Date
  ) {
    let state = directory.state(of: entity, at: now)
    self.init(
      isConfigured: !SpoolKey.isEntity(entity) || directory.entity(entity) != nil,
      isSending: state == .connected && directory.hold(of: entity) == nil,
      queued: counts.queued, damaged: counts.damaged,
      // What was denied has failed by a person's decision.
      lastFailedAt: SpoolKey.isPending(entity) ? nil : counts.lastFailedAt,
      untakenSince: counts.untakenSince,
      // A flag is the answer, or hides it.
      questionSince: state == .error || counts.queued == 0 ? nil : questions.fault(of: entity)?.since,
      undecided: directory.entity(entity)?.unknownOutcome == .hold ? counts.unknown : 0)
  }
}

extension Configuration {
  var disk: RelayFacts.Disk? {
    guard let free = StateDirectory.freeOctets(at: stateDirectory) else { return nil }
    return RelayFacts.Disk(path: stateDirectory, freeOctets: free, minimumOctets: Int64(limits.queueMinFree))
  }

  /// What makes a command mean this relay: nothing, where it runs with the usual file.
  fileprivate var commandEnding: String { namedFile.map { " --config \(shellWord($0))" } ?? "" }
}
