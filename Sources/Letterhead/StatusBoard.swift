// Composes the status file and the page of metrics from the relay's state, and writes both when something changed: at once,
// and at most 4 times a second. Changes nothing else.

import Delivery
import Foundation
import Logging
import Logs
import Mailboxes
import SMTP
import Spool
import Status
import Synchronization
import Platform

/// The one writer of the two files.
final class StatusBoard: Sendable {
  private let file: StatusFile
  private let metricsFile: MetricsFile
  private let metrics: MetricsComposer
  private let spool: Spool
  private let health: RelayHealth
  private let questions: OpenQuestionBoard
  private let directory: @Sendable () -> Directory
  private let configuration: @Sendable () -> Configuration
  private let apps: @Sendable (Date) -> [String: AppStatus]
  private let startedAt: Date
  private let time: any TimeSource
  private let log: Logger
  private let isStopping = Atomic<Bool>(false)
  /// Why the metrics could not be written last; said once.
  private let metricsFailure = Mutex<SystemError?>(nil)
  private let (pulses, pulse) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  /// Where the two files are is read once.
  init(
    metrics: MetricsComposer, spool: Spool, health: RelayHealth, questions: OpenQuestionBoard,
    directory: @escaping @Sendable () -> Directory,
    configuration: @escaping @Sendable () -> Configuration, apps: @escaping @Sendable (Date) -> [String: AppStatus],
    time: any TimeSource, log: Logger
  ) {
    file = StatusFile(path: configuration().statusFile)
    metricsFile = MetricsFile(path: configuration().metricsPath)
    self.metrics = metrics
    self.spool = spool
    self.health = health
    self.questions = questions
    self.directory = directory
    self.configuration = configuration
    self.apps = apps
    self.startedAt = time.now
    self.time = time
    self.log = log
  }

  /// To be called after every change of what the file says. Costs little, and may be called from any thread.
  func changed() { pulse.yield() }

  /// From now on the relay does not call itself ready.
  func noteStopping() {
    isStopping.store(true, ordering: .relaxed)
    changed()
  }

  /// How often what is read without a change, such as the free disk, is to be written all the same.
  static let interval = Duration.seconds(4)
  /// Changes that come closer together are written together.
  private static let pause = Duration.milliseconds(250)

  /// Writes at each change until the task is cancelled.
  ///
  /// - Parameter show: is handed each state that is written.
  func run(showing show: @escaping @Sendable (Snapshot) -> Void) async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in self.spool.changes { self.changed() }
      }
      var mayWrite = ContinuousClock.now
      for await _ in pulses {
        let wait = mayWrite - .now
        if wait > .zero { await time.sleep(for: wait) }
        write(showing: show)
        mayWrite = .now + Self.pause
      }
      group.cancelAll()
    }
  }

  /// Writes for the last time: nothing is accepted or delivered any more. To be called when ``run(showing:)`` has returned.
  func noteStopped() {
    isStopping.store(true, ordering: .relaxed)
    var last = snapshot(at: time.now)
    last.stoppedAt = last.updatedAt
    write(last)
  }

  /// The largest message that the mailbox of an entity is known to take.
  func maximumOctets(of entity: String) -> Int? { metrics.delivery.all[entity]?.maximumOctets }

  private func write(showing show: (Snapshot) -> Void) {
    let snapshot = snapshot(at: time.now)
    show(snapshot)
    write(snapshot)
  }

  private func write(_ snapshot: Snapshot) {
    do { try file.write(snapshot) } catch { log.tell(.statusNotWritten, [.reason: "\(error)"]) }
    let page = metrics.page(of: snapshot, directory(), configuration(), at: snapshot.updatedAt)
    do throws(SystemError) {
      try metricsFile.write(page)
      metricsFailure.withLock { $0 = nil }
    } catch {
      tell(error)
    }
  }

  private func tell(_ failure: SystemError) {
    let isNew = metricsFailure.withLock { known in
      defer { known = failure }
      return known != failure
    }
    guard isNew else { return }
    log.tell(.metricsNotWritten, [.file: metricsFile.path, .reason: "\(failure)"])
  }

  /// The relay as it is now.
  func snapshot(at now: Date) -> Snapshot {
    let directory = directory()
    let counts = spool.counts
    let configuration = configuration()
    let entities = directory.entities.map { entity in
      var status = Self.status(of: entity, counts: counts[entity.key] ?? Counts(), in: directory, at: now)
      status.warnings = configuration.expiries(of: entity.key, in: directory).compactMap { $0.warning(at: now) }
      if status.state == .connected { status.slowed = slowed(entity.key, in: directory, at: now) }
      // A flag is the answer, or hides it: one sentence at a time.
      if status.state != .error, let fault = questions.fault(of: entity.key) {
        status.warnings.append(.openQuestion(fault, maximumAge: configuration.limits.queueMaxAge))
      }
      if let trouble = metrics.delivery.all[entity.key]?.sentCopyTrouble, trouble.isLasting {
        status.warnings.append(.sentCopies(trouble, of: entity.key))
      }
      return (entity.key, status)
    }
    var snapshot = Snapshot(
      version: Version.current, pid: getpid(), startedAt: startedAt, updatedAt: now,
      entities: Dictionary(uniqueKeysWithValues: entities),
      problems: health.look(at: spool, questions, directory, configuration, at: now), apps: apps(now))
    if isStopping.load(ordering: .relaxed) { snapshot.ready = false }
    return snapshot
  }

  private func slowed(_ entity: String, in directory: Directory, at now: Date) -> EntityStatus.Slowed? {
    guard directory.hold(of: entity) == nil, let mailbox = directory.mailbox(of: entity) else { return nil }
    return metrics.delivery.all[entity]?.slowdown(at: now).map { EntityStatus.Slowed($0, by: mailbox.provider.label) }
  }

  private static func status(
    of entity: Entity, counts: Counts, in directory: Directory, at now: Date
  ) -> EntityStatus {
    let state = directory.state(of: entity.key, at: now)
    let mailbox = directory.mailbox(of: entity.key)
    var status = EntityStatus(
      name: entity.name, state: EntityStatus.State(state), address: mailbox?.address.text,
      provider: mailbox?.provider.name, transport: mailbox?.transportName,
      sentCopies: mailbox.flatMap { entity.sentCopies.keeper(through: $0)?.rawValue })
    switch (state, directory.condition(of: entity.key)) {
    case (.error, let condition): status.error = condition.fault
    case (.paused, .paused(let until, let fault)):
      status.pausedUntil = until
      status.error = fault
    default: break
    }
    let isHeld = state == .disconnected || state == .error || directory.hold(of: entity.key) != nil
    status.queue = EntityStatus.Queue(counts, isHeld: isHeld, at: now)
    status.totals = EntityStatus.Totals(
      accepted: counts.totals.accepted, delivered: counts.totals.delivered, failed: counts.totals.failed)
    status.lastDeliveredAt = counts.lastDeliveredAt
    return status
  }
}

extension EntityStatus.Warning {
  /// The message that waits longest for an answer to it fails of its age.
  fileprivate static func openQuestion(_ fault: Fault, maximumAge: Duration) -> Self {
    Self(
      summary: "\(fault.summary) Whether the mailbox or the mail is meant is not known yet: \"\(fault.upstream)\"",
      remedy: "\(fault.remedy)", expires: fault.since.addingTimeInterval(maximumAge / .seconds(1)))
  }
}

extension EntityStatus.State {
  fileprivate init(_ state: Directory.State) {
    self =
      switch state {
      case .disconnected: .disconnected
      case .connected: .connected
      case .paused: .paused
      case .error: .error
      }
  }
}

extension EntityStatus.Queue {
  /// - Parameter isHeld: the entity has no working connection or is on hold, so all its mail waits for a person.
  fileprivate init(_ counts: Counts, isHeld: Bool, at now: Date) {
    self.init(
      queued: counts.queued, held: isHeld ? counts.queued - counts.unknown : counts.heldByHand,
      deferred: isHeld ? 0 : counts.deferred, unknown: counts.unknown, filing: counts.filing,
      failed: counts.failed, oldestSeconds: counts.oldestReceivedAt.map { max(0, Int(now.timeIntervalSince($0))) } ?? 0)
  }
}
