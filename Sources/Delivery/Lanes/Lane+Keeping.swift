// What the lane itself does while its workers carry: draws messages from the spool, sits out pauses, watches faults.

import Foundation
import Mailboxes
import Sockets
import Spool
import System

extension Lane {
  func keep() async {
    if state == .open { door.spool.open(entity.key) } else { door.spool.close(entity.key) }
    while state != .stopped, !Task.isCancelled {
      switch state {
      case .open: await draw()
      case .paused(let until): await sitOut(until)
      case .broken(let probe): await watchBroken(probe)
      case .unreachable: await watchUnreachable()
      case .stopped: break
      }
    }
    stop()
  }

  private func draw() async {
    if isRationed { lookAtRation() }
    let (answer, messages) = ration()
    switch answer {
    case .now: break
    case .later(let time):
      await sleep(until: time)
      return dispatch()
    case .exhausted(let until): return await exhaust(until)
    }
    let room = min(door.pace.window, messages - ready.count)
    // Woken when there is room.
    guard ready.count < door.pace.window / 2, room > 0 else { return await sleep(.seconds(60)) }
    let (spool, key) = (door.spool, entity.key)
    // Woken when what was drawn before has come to wait for the ration.
    await untilWoken(loop.start { await self.takeIn(await spool.claim(key, atMost: room)) })
  }

  private func takeIn(_ drawn: [SpooledMessage]) async {
    guard state == .open else { return giveBack(drawn) }
    if drawn.isEmpty { return (try? await loop.sleep(until: .now + .milliseconds(100))) ?? () }
    if ready.isEmpty { readySince = .now }
    ready += drawn
    dispatch()
  }

  private func sitOut(_ until: Date) async {
    guard until <= door.pace.clock.now else { return await sleep(until: until) }
    await clearFault()
  }

  private func watchBroken(_ probe: Bool) async {
    await sleep(probe ? door.pace.probe : .seconds(24 * 3600))
    guard probe, case .broken = state else { return }
    let outcome = await self.probe()
    guard case .broken = state else { return }
    if let outcome { await hearAgain(outcome) } else { await clearFault() }
  }

  private func watchUnreachable() async {
    let doubled = door.pace.firstRetry * (1 << min(max(retries - 1, 0), 10))
    await sleep(min(doubled, door.pace.longestRetry))
    guard state == .unreachable else { return }
    if let outcome = await probe() {
      if outcome.stopsMailbox { await meet(outcome) } else { retries += 1 }
    } else if state == .unreachable {
      reopen()
    }
  }

  // MARK: Probing

  /// Opens a session to see whether it works. It stays for the mail that follows.
  ///
  /// - Returns: `nil` when it worked.
  private func probe() async -> Outcome? {
    guard state != .stopped else { return nil }
    return await withCheckedContinuation { continuation in
      probeEnd = continuation
      if let number = workers.firstIndex(where: { $0.parked != nil }) { resume(number, .probe) }
    }
  }

  // MARK: Waiting

  func sleep(_ time: Duration) async {
    await sleep(until: door.pace.clock.now.addingTimeInterval(time / .seconds(1)))
  }

  /// Ends early when something is woken for.
  func sleep(until time: Date) async {
    guard state != .stopped, !Task.isCancelled else { return }
    let (loop, clock) = (loop, door.pace.clock)
    await untilWoken(loop.start { await clock.sleep(until: time) })
  }

  private func untilWoken(_ waiting: Task<Void, Never>) async {
    endOfWaiting = { waiting.cancel() }
    defer { endOfWaiting = nil }
    await withTaskCancellationHandler {
      await waiting.value
    } onCancel: {
      waiting.cancel()
    }
  }

  func wake() { endOfWaiting?() }
}
