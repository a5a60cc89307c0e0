// Alerts administrators when a flag or a problem of the relay changes, or somebody files a request: by their command, and by mail through an
// entity that has a working connection. One alert at a time, each change once, also over restarts. Delivery does not
// wait for alerts.

import Foundation
import Logging
import Logs
import Mailboxes
import Message
import SMTP
import Sockets
import Spool
import Status
import Platform

/// Sends the alerts. The store notes which changes of flags were told after they were: a relay that is killed in between
/// tells a change again. Of problems the status file knows what was told before a restart.
final class Alerts: Sendable {
  private let store: MailboxStore
  private let spool: Spool
  private let health: RelayHealth
  private let configuration: @Sendable () -> Configuration
  private let directory: @Sendable () -> Directory
  private let time: any TimeSource
  private let log: Logger
  /// Runs the command.
  private let worker = Worker(name: "alerts")
  private let (pulses, pulse) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  init(
    store: MailboxStore, spool: Spool, health: RelayHealth, configuration: @escaping @Sendable () -> Configuration,
    directory: @escaping @Sendable () -> Directory, time: any TimeSource, log: Logger
  ) {
    self.store = store
    self.spool = spool
    self.health = health
    self.configuration = configuration
    self.directory = directory
    self.time = time
    self.log = log
  }

  /// To be called when a flag or a request may have changed. Costs little, and may be called from any thread.
  func changed() { pulse.yield() }

  /// Sends alerts until the task is cancelled.
  func run() async {
    var ledger: FlagLedger<Fault>?
    var problems = FlagLedger(told: health.problems.byClass)
    var alarm: ContinuousClock.Instant?
    await withDiscardingTaskGroup { group in
      for await _ in pulses {
        guard configuration().alert.isWanted else { continue }
        do throws(StoreError) {
          var current = if let ledger { ledger } else { FlagLedger(told: try await store.toldFlags()) }
          defer { ledger = current }
          try await tellFlags(&current)
          await tellProblems(&problems)
          try await tellRequests(&current)
          let next = [current.nextDue(after: .now), problems.nextDue(after: .now)].compactMap { $0 }.min()
          alarm = wake(at: next, unless: alarm, in: &group)
        } catch {
          log.tell(.alertFailed, [.reason: "\(error)"])
        }
      }
      group.cancelAll()
    }
  }

  private func tellFlags(_ ledger: inout FlagLedger<Fault>) async throws(StoreError) {
    // The present flags are read before each alert: while the command ran for one entity, another's flag may have come
    // down again.
    while let change = nextChange(in: &ledger) {
      await tell(Alert(change, in: directory(), host: configuration().hostname, at: time.now))
      if Task.isCancelled { return }
      try await store.setTold(ledger.tell(change, at: .now), of: change.key)
    }
  }

  private func nextChange(in ledger: inout FlagLedger<Fault>) -> FlagChange<Fault>? {
    ledger.see(directory().flags)
    return ledger.due(at: .now).first
  }

  private func tellProblems(_ ledger: inout FlagLedger<RelayProblem>) async {
    ledger.see(health.problems.byClass)
    for change in ledger.due(at: .now) {
      await tell(Alert(change, host: configuration().hostname, at: time.now))
      if Task.isCancelled { return }
      _ = ledger.tell(change, at: .now)
    }
  }

  private func tellRequests(_ ledger: inout FlagLedger<Fault>) async throws(StoreError) {
    for request in try await store.untoldRequests() {
      let configuration = configuration()
      await tell(
        Alert(
          request, in: directory(), configuration: configuration.namedFile, host: configuration.hostname, at: time.now))
      if Task.isCancelled { return }
      try await store.setTold(request: request.number)
      // Anybody may file requests, and the command may be slow: a flag must not wait for all of them.
      try await tellFlags(&ledger)
    }
  }

  /// - Returns: when the next look is due to happen.
  private func wake(
    at next: ContinuousClock.Instant?, unless alarm: ContinuousClock.Instant?, in group: inout DiscardingTaskGroup
  ) -> ContinuousClock.Instant? {
    guard let next else { return nil }
    if let alarm, alarm > .now, alarm <= next { return alarm }
    group.addTask {
      await self.time.sleep(for: next - .now)
      self.changed()
    }
    return next
  }

  private func tell(_ alert: Alert) async {
    let wanted = configuration().alert
    if let command = wanted.command { await run(command, about: alert) }
    if let sender = wanted.mailFromEntity, !Task.isCancelled { await mail(alert, to: wanted.mailTo, through: sender) }
  }

  private func run(_ command: String, about alert: Alert) async {
    do {
      let json = try alert.json
      try await AlertCommand(command).run(json, on: worker)
    } catch let failure as AlertFailure {
      log.tell(.alertFailed, about(alert, "\(failure.reason)") + [.output: failure.words.isEmpty ? nil : failure.words])
    } catch {
      log.tell(.alertFailed, about(alert, "\(error)"))
    }
  }

  /// Puts the mail into the spool like any other. Through a mailbox without a working connection it would arrive too
  /// late to be an alert: then the log says so instead.
  private func mail(_ alert: Alert, to people: [Address], through sender: String) async {
    let directory = directory()
    guard let from = directory.mailbox(of: sender)?.address,
      [.connected, .paused].contains(directory.state(of: sender, at: time.now))
    else {
      return log.tell(
        .alertNotMailed, about(alert, "\(sender), the entity of mail_from_entity, has no working connection"))
    }
    let notice = Notice(
      id: "alert-\(alert.event)-\(alert.key)-\(Int(alert.at.timeIntervalSince1970 * 1000))", hostname: alert.host,
      from: from, to: people, subject: alert.subject, lines: alert.lines)
    let octets = notice.message(now: alert.at)
    let message = NewMessage(
      entity: sender, envelope: notice.envelope, content: .octets(octets),
      source: MessageSource(client: "letterhead"), origin: .report,
      messageID: InternetMessageID(of: Header(parsing: octets)))
    do {
      try await spool.accept(message, now: alert.at)
    } catch {
      log.tell(.alertNotMailed, about(alert, "\(error)"))
    }
  }

  /// For a line of the log.
  private func about(_ alert: Alert, _ reason: String) -> LoggedFields {
    [.entity: alert.entity, .class: alert.problem.map { "\($0.class)" }, .alert: "\(alert.event)", .reason: reason]
  }
}

extension Configuration.AlertSettings {
  fileprivate var isWanted: Bool { command != nil || mailFromEntity != nil }
}
