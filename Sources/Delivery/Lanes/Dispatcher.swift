// Keeps one lane for each connected mailbox, as today's Directory has them.

package import Foundation
package import Mailboxes
import Message
import SMTP
package import Sockets
import Logging
import Spool

package actor Dispatcher {
  private let door: BackDoor
  /// In seconds.
  private let maximumAge: TimeInterval
  private var lanes: [String: Running] = [:]
  /// Lanes of mailboxes that are gone, finishing what they had begun.
  private var leaving: [Running] = []
  private var directory: Directory?
  /// By address in lower case: several entities may send through one mailbox.
  private var books: [String: RationBook] = [:]

  private struct Running {
    let lane: Lane
    let generation: Int64
    let task: Task<Void, Never>
  }

  /// - Parameter maximumAge: `queue_max_age`, in seconds: what has waited for longer fails.
  package init(_ door: BackDoor, maximumAge: TimeInterval = 5 * 24 * 3600) {
    self.door = door
    self.maximumAge = maximumAge
  }

  /// Runs lanes until the updates end or the task is cancelled; then finishes what is in flight, in `grace` at most.
  package func run(
    on loop: EventLoop, updates: AsyncStream<Directory>, grace: Duration = .seconds(10)
  ) async {
    let expiry = loop.start { await self.expireNowAndThen(loop) }
    for await directory in updates { await follow(directory, on: loop) }
    expiry.cancel()
    await stopAll(on: loop, within: grace)
  }

  // MARK: Lanes

  private func follow(_ directory: Directory, on loop: EventLoop) async {
    let isFirst = self.directory == nil
    self.directory = directory
    for (key, running) in lanes where directory.mailbox(of: key)?.generation != running.generation {
      await retire(key, running)
    }
    for entity in directory.entities {
      guard let mailbox = directory.mailbox(of: entity.key) else { continue }
      let condition = directory.condition(of: entity.key)
      if let running = lanes[entity.key] {
        await running.lane.update(entity, condition, directory.limits(of: entity.key))
      } else {
        // After a reconnect what was deferred under the old connection is due at once.
        if !isFirst { door.spool.release(entity.key, now: Date()) }
        begin(mailbox, entity, condition, directory.limits(of: entity.key), on: loop)
      }
    }
  }

  private func begin(
    _ mailbox: Mailbox, _ entity: Entity, _ condition: Condition, _ limits: SendingLimits, on loop: EventLoop
  ) {
    let lane = Lane(mailbox, entity, condition, limits, book(of: mailbox), door: door, loop: loop)
    let task = loop.start {
      await self.untilGone(entity.key, on: loop)
      await lane.run()
      await self.forget(lane)
    }
    lanes[entity.key] = Running(lane: lane, generation: mailbox.generation, task: task)
  }

  private func book(of mailbox: Mailbox) -> RationBook {
    let address = mailbox.address.text.lowercased()
    let book = books[address] ?? RationBook(of: address, in: door.store, log: door.log)
    books[address] = book
    return book
  }

  private func retire(_ key: String, _ running: Running) async {
    lanes[key] = nil
    await running.lane.stop()
    leaving.append(running)
  }

  /// A mailbox's sessions count together, those of a lane that finishes too. But one that hangs is not waited for.
  private func untilGone(_ key: String, on loop: EventLoop) async {
    let deadline = ContinuousClock.now + .seconds(10)
    while leaving.contains(where: { $0.lane.mailbox.entity == key }), .now < deadline {
      guard (try? await loop.sleep(until: .now + .milliseconds(20))) != nil else { return }
    }
  }

  private func forget(_ lane: Lane) {
    leaving.removeAll { $0.lane === lane }
  }

  private func stopAll(on loop: EventLoop, within grace: Duration) async {
    for (key, running) in lanes { await retire(key, running) }
    let last = leaving
    leaving = []
    // Not a child: this must go on when the caller has been cancelled.
    let alarm = loop.start {
      guard (try? await loop.sleep(until: .now + grace)) != nil else { return }
      for running in last {
        await running.lane.breakOff()
        running.task.cancel()
      }
    }
    for running in last { await running.task.value }
    alarm.cancel()
  }

  // MARK: Age

  private func expireNowAndThen(_ loop: EventLoop) async {
    let interval = Duration.seconds(min(60, max(1, maximumAge / 10)))
    while !Task.isCancelled {
      await expire()
      guard (try? await loop.sleep(until: .now + interval)) != nil else { return }
    }
  }

  private func expire() async {
    guard let directory else { return }
    let hostname = door.network.hostname
    for entity in directory.entities {
      let reporter = Reporter(mailbox: directory.mailbox(of: entity.key), entity: entity, hostname: hostname)
      do {
        try await door.spool.expire(entity.key, olderThan: .seconds(maximumAge), now: Date()) { message, words in
          reporter.expiry(of: message, words: words, now: Date())
        }
      } catch {
        door.log.error("expiry", metadata: ["entity": "\(entity.key)", "error": "\(error)"])
      }
    }
  }
}
