// Keeps one queue for each connected mailbox whose mail nobody keeps back, as the latest directory has them, and fails what
// has waited too long.

import Foundation
import Logging
import Logs
package import Mailboxes
import SMTP
import Spool
import Platform

package actor QueueSupervisor {
  private struct Running {
    let queue: MailboxQueue
    let task: Task<Void, Never>
  }

  private let context: DeliveryContext
  private let maximumAge: Duration
  private let tasks: TaskTracker
  /// By entity.
  private var queues: [String: Running] = [:]
  /// Queues of mailboxes that are gone, finishing what they had begun.
  private var leaving: [Running] = []
  /// Resumed when a queue has ended, or a deadline has passed.
  private var waiters: [CheckedContinuation<Void, Never>] = []
  private var directory: Directory?
  /// By address in lower case: several entities may send through one mailbox.
  private var limiters: [String: SharedRateLimiter] = [:]

  /// How long a queue waits for the sessions of the one before it, which count with the provider.
  private static let longestHandover: Duration = .seconds(10)

  /// - Parameter maximumAge: `queue_max_age`: what has waited for longer fails.
  package init(_ context: DeliveryContext, maximumAge: Duration = .seconds(5 * 24 * 3600)) {
    self.context = context
    self.maximumAge = maximumAge
    tasks = TaskTracker(on: context.executor, by: context.time)
  }

  /// Runs queues until the updates end or the task is cancelled; then finishes what is in flight, in `grace` at most. To
  /// be called on the context's executor.
  package func run(following updates: AsyncStream<Directory>, grace: Duration = .seconds(10)) async {
    tasks.beginTimer { await self.expireNowAndThen() }
    for await directory in updates { await follow(directory) }
    tasks.cancelTimers()
    await stopAll(within: grace)
  }

  /// A person wants the provider of an entity looked at now, not when its back-off is over. From any executor: a
  /// queue does its work on the executor of who calls it, and its sessions belong to the context's.
  package func lookAgain(at entity: String) async {
    await withTaskExecutorPreference(context.executor) {
      await queues[entity]?.queue.lookAgain()
      await queues[entity]?.queue.fileSoon(hurried: true)
    }
  }

  /// When the queue of an entity sends again, as it knows itself; `nil` where none runs. From any executor.
  package func outlook(of entity: String) async -> SendingOutlook? {
    await withTaskExecutorPreference(context.executor) { await queues[entity]?.queue.outlook }
  }

  // MARK: Queues

  private func follow(_ directory: Directory) async {
    let isFirst = self.directory == nil
    self.directory = directory
    for (key, running) in queues
    where directory.sendingMailbox(of: key)?.generation != running.queue.mailbox.generation {
      await retire(key, running)
    }
    for entity in directory.entities {
      guard let mailbox = directory.sendingMailbox(of: entity.key) else { continue }
      let (condition, limits) = (directory.condition(of: entity.key), directory.limits(of: entity.key))
      if let running = queues[entity.key] {
        await running.queue.update(entity, condition, limits)
      } else {
        let queue = MailboxQueue(mailbox, of: entity, condition, limits, limiter(of: mailbox), in: context)
        begin(queue, isReconnect: !isFirst)
      }
    }
  }

  private func begin(_ queue: MailboxQueue, isReconnect: Bool) {
    let task = tasks.begin { [context] in
      await self.untilPredecessorsEnded(of: queue)
      // What was deferred under the old connection is due at once.
      if isReconnect { context.spool.release(queue.mailbox.entity, now: context.time.now) }
      await queue.run()
      await self.forget(queue)
    }
    queues[queue.mailbox.entity] = Running(queue: queue, task: task)
  }

  private func limiter(of mailbox: Mailbox) -> SharedRateLimiter {
    // What the sandbox takes is no load of the address it stands in for.
    let address = (mailbox.provider == .sandbox ? "sandbox:" : "") + mailbox.address.text.lowercased()
    let limiter = limiters[address] ?? SharedRateLimiter(of: address, in: context, tasks: tasks)
    limiters[address] = limiter
    return limiter
  }

  private func retire(_ key: String, _ running: Running) async {
    queues[key] = nil
    leaving.append(running)
    resumeWaiters()
    await running.queue.stop()
  }

  /// A mailbox's sessions count together, those of a queue that finishes too. But one that hangs is not waited for.
  private func untilPredecessorsEnded(of queue: MailboxQueue) async {
    let deadline = context.time.now + Self.longestHandover
    while hasPredecessor(queue), context.time.now < deadline {
      tasks.after(Self.longestHandover) { await self.resumeWaiters() }
      await withCheckedContinuation { waiters.append($0) }
    }
  }

  private func hasPredecessor(_ queue: MailboxQueue) -> Bool {
    let isLeaving = leaving.contains { $0.queue === queue }
    return !isLeaving && leaving.contains { $0.queue.mailbox.entity == queue.mailbox.entity }
  }

  private func forget(_ queue: MailboxQueue) {
    leaving.removeAll { $0.queue === queue }
    resumeWaiters()
  }

  private func resumeWaiters() {
    let waiters = waiters
    self.waiters = []
    for waiter in waiters { waiter.resume() }
  }

  private func stopAll(within grace: Duration) async {
    for (key, running) in queues { await retire(key, running) }
    tasks.after(grace) { await self.breakOff() }
    for running in leaving { await running.task.value }
    tasks.cancelTimers()
    await tasks.allEnded()
  }

  private func breakOff() async {
    for running in leaving {
      await running.queue.breakOff()
      running.task.cancel()
    }
  }

  // MARK: Age

  private func expireNowAndThen() async {
    let interval = min(.seconds(60), max(.seconds(1), maximumAge / 10))
    var limit = AgeLimit(maximumAge)
    while !Task.isCancelled {
      if limit.isInForce(at: context.time.now) { await expire() }
      await context.time.sleep(for: interval)
    }
  }

  private func expire() async {
    guard let directory else { return }
    // What a person keeps back does not grow old meanwhile.
    for entity in directory.entities where directory.hold(of: entity.key) == nil {
      let reporter = FailureReporter(
        mailbox: directory.mailbox(of: entity.key), entity: entity, hostname: context.hostname)
      do {
        let (time, log) = (context.time, context.log)
        let expired = try await context.spool.expire(entity.key, olderThan: maximumAge, now: time.now) {
          message, words in
          log.failed(message, because: "it has waited for longer than queue_max_age", now: time.now)
          return reporter.expiry(of: message, words: words, now: time.now)
        }
        context.counters.queue(of: entity.key).failures[QueueCounters.age].add(expired)
      } catch {
        context.log.tell(.ageNotChecked, [.entity: entity.key, .reason: "\(error)"])
      }
    }
    await forgetFailed()
    await giveUpCopies()
  }

  /// Also where no queue runs: a body must not be kept for a mailbox that is gone.
  private func giveUpCopies() async {
    for (key, counts) in context.spool.counts where counts.filing + counts.queued + counts.failed > 0 {
      do throws(SpoolError) {
        let count = try await context.spool.giveUpCopies(
          of: key, sentBefore: context.time.now - SentCopyState.longestWait)
        guard count > 0 else { continue }
        context.counters.queue(of: key).sentCopies[.givenUp].add(count)
        context.log.tell(.copyGivenUp, [.entity: key, .messages: "\(count)"])
      } catch {
        context.log.tell(.ageNotChecked, [.entity: key, .reason: "\(error)"])
      }
    }
  }

  /// Of keys that are no entity's, and have no age limit: what is held for a decision waits for it.
  private func forgetFailed() async {
    for (key, counts) in context.spool.counts where counts.failed > 0 && !SpoolKey.isEntity(key) {
      do throws(SpoolError) { try await context.spool.forgetFailed(of: key, now: context.time.now) } catch {
        context.log.tell(.ageNotChecked, [.entity: key, .reason: "\(error)"])
      }
    }
  }
}
