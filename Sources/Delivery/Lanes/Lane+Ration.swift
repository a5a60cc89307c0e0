// What a lane may send now. A mailbox that has no limits, and whose provider has taught none, is not counted at all.

import Foundation
import Logging
import Mailboxes
import Message
import SMTP
import Spool
import System

extension Lane {
  /// When the preset limits change, and when something is learned or may have been forgotten.
  func lookAtRation() {
    isRationed = preset != SendingLimits() || book.read(at: door.pace.clock.now, \.hasLearned)
  }

  func follow(_ limits: SendingLimits) {
    preset = limits
    lookAtRation()
    closeSpareSessions()
    countAgain()
    wake()
  }

  /// A quota of our own counting is used up, or is not, by the limits that hold now.
  func countAgain() {
    if case .paused = state, fault?.isOwnQuota == true { state = .paused(until: door.pace.clock.now) }
  }

  /// The limits that hold now.
  var limits: SendingLimits {
    guard isRationed else { return SendingLimits() }
    let now = door.pace.clock.now
    return book.read(at: now) { $0.limits(preset, at: now) }
  }

  /// How many sessions there may be.
  var mostSessions: Int {
    min(sessionLimit, limits.maxConnections ?? door.pace.maximumSessions)
  }

  // MARK: Messages

  /// What the ration says to the next message, and to how many more.
  func ration() -> (answer: Ration.Answer, messages: Int) {
    guard isRationed else { return (.now, .max) }
    let limits = limits
    let recipients = min(ready.first?.envelope.recipients.count ?? 0, limits.recipientsPerMessage ?? .max)
    return book.read(at: door.pace.clock.now) {
      ($0.answer(for: recipients, within: limits), $0.messagesLeft(within: limits))
    }
  }

  /// Counts a transaction of this worker, if there may be one now.
  func takeShare(of recipients: Int, _ number: Int) -> Bool {
    guard isRationed else { return true }
    let limits = limits
    let count = min(recipients, limits.recipientsPerMessage ?? .max)
    let now = door.pace.clock.now
    workers[number].share = book.change(at: now, on: loop) { ration in
      ration.answer(for: count, within: limits) == .now ? ration.take(count, at: now) : nil
    }
    return workers[number].share != nil
  }

  /// - Parameter recipients: that were named to the provider; `nil`: it has not come so far.
  func concludeShare(naming recipients: Int?, _ number: Int) {
    let share = workers[number].share
    workers[number].share = nil
    conclude(share, naming: recipients)
  }

  func conclude(_ share: Ration.Share?, naming recipients: Int?) {
    guard let share else { return }
    let now = door.pace.clock.now
    book.change(at: now, on: loop) { $0.conclude(share, naming: recipients, at: now) }
  }

  /// Nothing more goes out today. Shown like a provider's own refusal, and over by itself.
  func exhaust(_ until: Date) async {
    guard state == .open, let limit = limits.recipientsPerDay else { return }
    let now = door.pace.clock.now
    let fault = Fault(
      class: .quota, since: now,
      summary:
        "\(mailbox.address) has sent to \(limit) recipients within 24 hours, and \(mailbox.provider.label) takes no more.",
      remedy: "Sending resumes by itself. If the mailbox may send more, set recipients_per_day in "
        + "[entity.\(entity.key).limits].", upstream: "")
    leave(for: .paused(until: until))
    door.log.warning(
      "paused",
      metadata: [
        "entity": "\(entity.key)", "seconds": "\(Int(until.timeIntervalSince(now)))", "words": "\(fault.summary)",
      ])
    await publish(.paused(until: until, fault), fault)
  }

  // MARK: Learning

  private func isRefusedConnection(_ outcome: Outcome) -> Bool {
    guard let reply = outcome.reply else { return false }
    return ReplyTable.rule(for: reply, in: .greeting, from: mailbox).meaning == ReplyTable.fewerConnections
  }

  /// The provider asks for fewer connections or a slower pace; kept for the day.
  func learnPace(from outcome: Outcome) {
    let now = door.pace.clock.now
    book.change(at: now, on: loop) { ration in
      if isRefusedConnection(outcome) {
        ration.learn(connections: 1, at: now)
      } else {
        ration.slowDown(from: preset, at: now)
      }
    }
    lookAtRation()
  }

  func learn(connections count: Int) {
    let now = door.pace.clock.now
    book.change(at: now, on: loop) { $0.learn(connections: count, at: now) }
    lookAtRation()
  }

  func learn(recipientsPerMessage count: Int) {
    let now = door.pace.clock.now
    book.change(at: now, on: loop) { $0.learn(recipientsPerMessage: count, at: now) }
    lookAtRation()
  }
}

extension Fault {
  /// Our own count of the day's recipients, and no provider's words: it ends when the count or the limit allows.
  var isOwnQuota: Bool { `class` == .quota && upstream.isEmpty }
}
