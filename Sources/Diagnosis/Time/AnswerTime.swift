// When the mailbox is tried again after an answer: as its words say, as its meaning says, and never at once after a refused
// sign-in.

import Foundation
import Mailboxes
import SMTP

struct AnswerTime {
  /// Providers lock accounts that sign in too often, whatever the digit with which they refuse.
  static let betweenSignIns = Duration.seconds(15 * 60)
  /// After the first answer that tells a lasting fault with a temporary code.
  static let afterRecurring = Duration.seconds(20)

  private let stated: StatedTime?
  private let family: ProviderFamily?
  let isTemporary: Bool
  /// The provider has looked at the sign-in, and did not close the line for another reason.
  private let isRefusedSignIn: Bool
  private let now: Date

  init(_ reply: Reply?, _ words: String, _ phase: ConversationPhase?, of mailbox: Mailbox, now: Date) {
    stated = StatedTime(in: reply.map { $0.lines.joined(separator: " ") } ?? words)
    family = ProviderFamily(of: mailbox)
    isTemporary = phase != .post && reply.map { $0.code / 100 == 4 } ?? false
    isRefusedSignIn = isTemporary && phase == .signIn
    self.now = now
  }

  /// Of an answer that somebody states.
  init(_ answer: Answer, now: Date) {
    stated = StatedTime(in: answer.words)
    family = answer.family
    isTemporary = answer.code.hasPrefix("4") && !Set.overHTTP.contains(answer.phase)
    isRefusedSignIn = isTemporary && answer.phase == .signIn
    self.now = now
  }

  /// The words say how long to wait, or the period of a limit.
  var isStated: Bool { stated != nil }

  func after(_ wait: Duration) -> Date { now.addingTimeInterval(wait / .seconds(1)) }

  /// The wait that the provider names for one message or recipient, within what the queue's schedule allows.
  var statedWait: Duration? {
    guard case .wait(let time) = stated, time <= .seconds(3600) else { return nil }
    return max(time, .seconds(10))
  }

  func end(ofPause wait: Duration) -> Date {
    let end = stated?.end(after: now, at: family) ?? after(wait)
    return isRefusedSignIn ? max(end, after(Self.betweenSignIns)) : end
  }

  func raised(_ fault: Fault, probe: Bool) -> Verdict {
    guard isTemporary else { return .broken(fault, probe: probe) }
    return .recurring(fault, probe: probe, wait: isRefusedSignIn ? Self.betweenSignIns : Self.afterRecurring)
  }

  func unreachable(_ fault: Fault, flagAfter: Int?) -> Verdict {
    isRefusedSignIn ? .paused(until: after(Self.betweenSignIns), fault) : .unreachable(fault, flagAfter: flagAfter)
  }
}
