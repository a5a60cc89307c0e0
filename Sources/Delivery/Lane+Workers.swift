// The lane's workers: each keeps at most one session and carries one message at a time over it.

import Foundation
import Mailboxes
import Message
import SMTP
import Sockets
import Spool

extension Lane {
  func work(_ number: Int) async {
    var session: UpstreamSession?
    while true {
      workers[number].hasSession = session != nil
      workers[number].interrupter = session?.interrupter
      let (job, waited) = await nextJob(number)
      if waited, let idle = session, await !idle.isAlive() {
        idle.close()
        session = nil
        workers[number].hasSession = false
      }
      switch job {
      case .stop:
        await session?.quit()
        return
      case .closeSession:
        await session?.quit()
        session = nil
      case .probe:
        await session?.quit()
        session = await probe(number)
      case .carry(let message):
        session = await carry(message, over: session, number)
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
    return nextMessage().map(Job.carry)
  }

  private func nextMessage() -> SpooledMessage? {
    guard !ready.isEmpty else { return nil }
    let message = ready.removeFirst()
    readySince = ready.isEmpty ? nil : .now
    if ready.count == door.pace.window / 2 - 1 { wake() }
    return message
  }

  /// Whoever has a session goes first; a further one is opened only where one works and there is work enough for it.
  private func mayTake(_ number: Int) -> Bool {
    if workers[number].hasSession { return true }
    let open = openSessions
    if open == 0 { return true }
    // One sign-in at a time, so that a refused password is never tried twice.
    guard open < sessionLimit, !ready.isEmpty, !workers.contains(where: { $0.isBusy != $0.hasSession }) else {
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
      guard let message = nextMessage() else { return }
      resume(number, .carry(message))
    }
    growLater()
  }

  /// So that one slow message does not hold up the rest for long.
  private func growLater() {
    guard !isGrowing, !ready.isEmpty, openSessions < sessionLimit else { return }
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
    for number in workers.indices where workers[number].hasSession {
      if let since = workers[number].idleSince, since <= limit { resume(number, .closeSession) }
    }
    if openSessions == 0 { sessionLimit = door.pace.maximumSessions }
    isSweeping = state != .stopped && workers.contains(where: \.hasSession)
    return isSweeping
  }

  // MARK: Carrying

  private func probe(_ number: Int) async -> UpstreamSession? {
    var session: UpstreamSession?
    var outcome: Outcome?
    do throws(UpstreamError) {
      session = try await opener.open(on: loop)
      if case .broken = state { try await session?.tryEnvelope() }
    } catch {
      await session?.quit()
      session = nil
      outcome = Outcome(of: error, for: mailbox, now: Date())
    }
    workers[number].hasSession = session != nil
    probeEnd?.resume(returning: outcome)
    probeEnd = nil
    return session
  }

  /// - Returns: the session, if it can be used again.
  private func carry(
    _ message: SpooledMessage, over given: UpstreamSession?, _ number: Int
  ) async -> UpstreamSession? {
    guard state == .open else {
      door.spool.settle(message.id, .unstarted(), now: Date())
      return given
    }
    let attempt = Attempt(message: message, mailbox: mailbox, entity: entity, hostname: door.network.hostname)
    var session = given
    do throws(UpstreamError) {
      let open = if let session { session } else { try await opener.open(on: loop) }
      session = open
      workers[number].interrupter = open.interrupter
      if !workers[number].hasSession {
        workers[number].hasSession = true
        dispatch()
      }
      let transmission = await attempt.run(over: open, rewrite, now: Date())
      if open.messageCount > 1, transmission.saysNothingNew, state == .open {
        // The line had gone stale, or its sign-in had. Once more, on a new one.
        open.close()
        let fresh = try await opener.open(on: loop)
        session = fresh
        workers[number].interrupter = fresh.interrupter
        await conclude(attempt, await attempt.run(over: fresh, rewrite, now: Date()))
      } else {
        await conclude(attempt, transmission)
      }
    } catch {
      session = nil
      workers[number].hasSession = false
      await conclude(attempt, failedToOpen: error, number)
    }
    if session?.isUsable == false || state == .stopped {
      await session?.quit()
      return nil
    }
    return session
  }
}

extension Transmission {
  /// A session that was kept open tells nothing about the message or the mailbox by having gone.
  fileprivate var saysNothingNew: Bool {
    if !wasAnswered, !perhapsSent, case .lost = ending { return true }
    // Signed in long ago, with a token that has run out since.
    return outcomes.allSatisfy { $0.kind == .broken && $0.fault?.class == .auth }
  }
}
