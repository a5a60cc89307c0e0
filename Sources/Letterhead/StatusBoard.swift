// Composes the status file from the relay's state, and writes it when something changed: at most 4 times a second, at
// least every 5 seconds. Changes nothing else.

import Delivery
import Foundation
import Logging
import Mailboxes
import SMTP
import Spool
import Status
import Platform

/// The one writer of the status file.
final class StatusBoard: Sendable {
  private let file: StatusFile
  private let spool: Spool
  private let health: RelayHealth
  private let questions: OpenQuestionBoard
  private let directory: @Sendable () -> Directory
  private let configuration: @Sendable () -> Configuration
  private let apps: @Sendable (Date) -> [String: AppStatus]
  private let startedAt: Date
  private let time: any TimeSource
  private let log: Logger
  private let (pulses, pulse) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  init(
    path: String, spool: Spool, health: RelayHealth, questions: OpenQuestionBoard,
    directory: @escaping @Sendable () -> Directory,
    configuration: @escaping @Sendable () -> Configuration, apps: @escaping @Sendable (Date) -> [String: AppStatus],
    time: any TimeSource, log: Logger
  ) {
    self.file = StatusFile(path: path)
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

  /// Writes until the task is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        while !Task.isCancelled {
          self.changed()
          await self.time.sleep(for: .milliseconds(4900))
        }
      }
      group.addTask {
        for await _ in self.spool.changes { self.changed() }
      }
      for await _ in pulses {
        write()
        await time.sleep(for: .milliseconds(250))
      }
      group.cancelAll()
    }
  }

  private func write() {
    do {
      try file.write(snapshot(at: time.now))
    } catch {
      log.error("\(error)")
    }
  }

  /// The relay as it is now.
  func snapshot(at now: Date) -> Snapshot {
    let directory = directory()
    let counts = spool.counts
    let configuration = configuration()
    let entities = directory.entities.map { entity in
      var status = Self.status(of: entity, counts: counts[entity.key] ?? Counts(), in: directory, at: now)
      status.warnings = configuration.expiries(of: entity.key, in: directory).compactMap { $0.warning(at: now) }
      // A flag is the answer, or hides it: one sentence at a time.
      if status.state != .error, let fault = questions.fault(of: entity.key) {
        status.warnings.append(.openQuestion(fault, maximumAge: configuration.limits.queueMaxAge))
      }
      return (entity.key, status)
    }
    return Snapshot(
      version: Version.current, pid: getpid(), startedAt: startedAt, updatedAt: now,
      entities: Dictionary(uniqueKeysWithValues: entities),
      problems: health.look(at: spool, questions, directory, configuration, at: now), apps: apps(now))
  }

  private static func status(
    of entity: Entity, counts: Counts, in directory: Directory, at now: Date
  ) -> EntityStatus {
    let state = directory.state(of: entity.key, at: now)
    let mailbox = directory.mailbox(of: entity.key)
    var status = EntityStatus(
      name: entity.name, state: EntityStatus.State(state), address: mailbox?.address.text,
      provider: mailbox?.provider.name)
    switch (state, directory.condition(of: entity.key)) {
    case (.error, let condition): status.error = condition.fault
    case (.paused, .paused(let until, let fault)):
      status.pausedUntil = until
      status.error = fault
    default: break
    }
    status.queue = EntityStatus.Queue(counts, isHeld: state == .disconnected || state == .error, at: now)
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
  /// - Parameter isHeld: the entity has no working connection, so all its mail waits for a person.
  fileprivate init(_ counts: Counts, isHeld: Bool, at now: Date) {
    self.init(
      queued: counts.queued, held: isHeld ? counts.queued : counts.heldByHand,
      deferred: isHeld ? 0 : counts.deferred, failed: counts.failed,
      oldestSeconds: counts.oldestReceivedAt.map { max(0, Int(now.timeIntervalSince($0))) } ?? 0)
  }
}
