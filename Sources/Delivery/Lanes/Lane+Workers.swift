// The lane's workers: each keeps at most one session and carries messages over it, several at once where that is
// possible.

import Foundation
import Mailboxes
import Message
import SMTP
import Sockets
import Spool

extension Lane {
  func work(_ number: Int) async {
    while true {
      let (job, waited) = await nextJob(number)
      if waited, !workers[number].isHearing, let idle = workers[number].session, await !idle.isAlive() {
        idle.retire()
        await endSession(number)
      }
      switch job {
      case .stop: return await endSession(number)
      case .closeSession: await endSession(number)
      case .probe:
        await endSession(number)
        await probe(number)
      case .carry(let message): await carry(message, number)
      }
      workers[number].isBusy = false
    }
  }

  // MARK: Jobs

  private func nextJob(_ number: Int) async -> (Job, waited: Bool) {
    if let job = jobAtHand(for: number) {
      workers[number].isBusy = true
      return (job, false)
    }
    let job = await withCheckedContinuation { continuation in
      workers[number].parked = continuation
      workers[number].idleSince = .now
      if workers[number].hasSession { startSweeping() }
    }
    return (job, true)
  }

  private func jobAtHand(for number: Int) -> Job? {
    if state == .stopped { return .stop }
    if probeEnd != nil, state != .open, !workers.contains(where: \.isBusy) { return .probe }
    guard state == .open, mayTake(number) else { return nil }
    return nextMessage(number).map(Job.carry)
  }

  private func nextMessage(_ number: Int) -> SpooledMessage? {
    guard let message = ready.first else { return nil }
    guard takeShare(of: message.envelope.recipients.count, number) else {
      // It waits for the ration, as whoever draws messages will find.
      wake()
      return nil
    }
    ready.removeFirst()
    readySince = ready.isEmpty ? nil : .now
    if ready.count == door.pace.window / 2 - 1 || (isRationed && ready.isEmpty) { wake() }
    return message
  }

  /// Whoever has a session goes first; a further one is opened only where one works and there is work enough for it.
  private func mayTake(_ number: Int) -> Bool {
    if workers[number].hasSession { return true }
    let open = openSessions
    if open == 0 { return true }
    // One sign-in at a time, so that a refused password is never tried twice.
    guard open < mostSessions, !ready.isEmpty, !workers.contains(where: { $0.isBusy != $0.hasSession }) else {
      return false
    }
    let hasWaited = readySince.map { $0 + door.pace.growAfter <= .now } ?? false
    return ready.count >= open * door.pace.backlogPerSession || hasWaited
  }

  /// Open, or being opened.
  var openSessions: Int { workers.count { $0.hasSession || $0.isBusy } }

  /// Hands what is ready to whoever is free.
  func dispatch() {
    let bySession =
      workers.indices.filter { workers[$0].hasSession } + workers.indices.filter { !workers[$0].hasSession }
    for number in bySession where state == .open && workers[number].parked != nil && mayTake(number) {
      guard let message = nextMessage(number) else { return }
      resume(number, .carry(message))
    }
    growLater()
  }

  /// So that one slow message does not hold up the rest for long.
  private func growLater() {
    guard !isGrowing, !ready.isEmpty, openSessions < mostSessions, ration().answer == .now else { return }
    isGrowing = true
    let (loop, time) = (loop, door.pace.growAfter)
    loop.start {
      try? await loop.sleep(until: .now + time)
      await self.grow()
    }
  }

  private func grow() {
    isGrowing = false
    dispatch()
  }

  func resume(_ number: Int, _ job: Job) {
    guard let parked = workers[number].parked else { return }
    workers[number].parked = nil
    workers[number].idleSince = nil
    workers[number].isBusy = true
    parked.resume(returning: job)
  }

  /// The limit may have fallen below what is open. Those that are busy end after their message.
  func closeSpareSessions() {
    var spare = openSessions - mostSessions
    for number in workers.indices where spare > 0 && workers[number].hasSession && workers[number].parked != nil {
      resume(number, .closeSession)
      spare -= 1
    }
  }

  /// While any session is idle, somebody has to look at the clock.
  private func startSweeping() {
    guard !isSweeping else { return }
    isSweeping = true
    let (loop, idle) = (loop, door.pace.idle)
    loop.start {
      repeat { try? await loop.sleep(until: .now + idle / 2) } while await self.sweep()
    }
  }

  /// - Returns: whether there is anything left to watch.
  private func sweep() -> Bool {
    let limit = ContinuousClock.now - door.pace.idle
    for number in workers.indices where workers[number].hasSession && !workers[number].isHearing {
      if let since = workers[number].idleSince, since <= limit { resume(number, .closeSession) }
    }
    if openSessions == 0 { sessionLimit = workers.count }
    isSweeping = state != .stopped && workers.contains(where: \.hasSession)
    return isSweeping
  }
}
