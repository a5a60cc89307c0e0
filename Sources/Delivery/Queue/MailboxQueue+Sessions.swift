// How a queue's sessions come and go, beside the messages: further ones, probes, and those that are closed.

import Diagnosis
import Foundation
import Mailboxes
import Platform
import Transport

extension MailboxQueue {
  /// Ends what is under way. A message whose end was written by then is recorded as perhaps sent.
  func breakOff() {
    opening?.cancel()
    for session in pool.sessions { session.interrupt() }
  }

  var now: Date { context.time.now }
  var tuning: DeliveryTuning { context.tuning }

  // MARK: How many

  var mostSessions: Int { rate.limits(at: now).maxConnections ?? tuning.maximumSessions }

  func demand(_ hasWaited: Bool) -> SessionPool.Demand {
    SessionPool.Demand(
      backlog: ready.count, hasWaited: hasWaited, mostSessions: mostSessions,
      backlogPerSession: tuning.backlogPerSession)
  }

  /// So that one slow message does not hold up the rest for long.
  func watchBacklog() {
    guard !isWatchingBacklog, !ready.isEmpty, pool.mayGrow(to: mostSessions), rate.mayBegin(at: now) else { return }
    isWatchingBacklog = true
    tasks.after(tuning.growAfter) { [begun] in await self.lookAtBacklog(since: begun) }
  }

  private func lookAtBacklog(since begun: Int) {
    isWatchingBacklog = false
    dispatch(hasWaited: begun == self.begun)
  }

  // MARK: Opening

  /// Signs in, and counts what came of it.
  func openSession() async throws(TransportError) -> any TransportSession {
    do throws(TransportError) {
      let session = try await transport.open()
      counters.signIns[.ok].add()
      return session
    } catch {
      counters.count(error)
      throw error
    }
  }

  /// - Returns: the name of the session in the pool.
  func enter(_ session: any TransportSession) -> Int {
    counters.openSessions.change(by: 1)
    return pool.add(session)
  }

  // MARK: Probes

  /// A person wants the provider looked at now.
  func lookAgain() async {
    transport.forgetRefusals()
    counters.maximumOctets = transport.maximumOctets ?? counters.maximumOctets
    await tell(.lookWanted)
  }

  /// Opens a session when no other is being opened. It stays for the mail that follows.
  func probeLater(_ envelope: Bool) {
    opening = tasks.begin { [previous = opening] in
      await previous?.value
      await self.probe(envelope)
    }
  }

  private func probe(_ envelope: Bool) async {
    guard state.isProbing else { return }
    pool.beginOpening()
    if let idle = pool.closeOneIdle() { await leave(idle) }
    do throws(TransportError) {
      _ = enter(try await open(envelope))
      await tell(.probeEnded(nil))
    } catch {
      pool.failOpening()
      await tell(.probeEnded(Outcome(of: error, for: mailbox, now: now)))
    }
    closeSpare()
    dispatch()
  }

  private func open(_ envelope: Bool) async throws(TransportError) -> any TransportSession {
    let session = try await openSession()
    guard envelope else { return session }
    do throws(TransportError) {
      try await session.probe(to: nil, now: now) { _ in }
      try await disprove(over: session)
      return session
    } catch {
      await session.close()
      throw error
    }
  }

  /// Where an open question has raised the flag, the words that did it must be gone.
  private func disprove(over session: any TransportSession) async throws(TransportError) {
    guard recorder.hasConvicted, let outcome = try await session.refusal(of: mailbox.address, now: now),
      let reply = outcome.reply, recorder.isConvicted(by: outcome)
    else { return }
    throw .answered(reply, outcome.phase ?? .recipient)
  }

  // MARK: Closing

  func close(_ id: Int) {
    pool.close([id])
    tasks.begin { await self.leave(id) }
  }

  /// The provider counts the session until it has gone.
  func leave(_ id: Int) async {
    await pool[id]?.close()
    pool.remove(id)
    counters.openSessions.change(by: -1)
    dispatch()
  }

  func limitSessions(_ most: Int) {
    pool.limit(to: most)
    closeSpare()
  }

  /// There may be fewer sessions now than are open. Those that are busy are closed after their messages.
  func closeSpare() {
    for id in pool.closeSpare(over: mostSessions) { close(id) }
  }

  /// While any session is idle, somebody has to look at it.
  func watchIdle() {
    pool.restIdle()
    guard pool.hasIdle, !isSweeping, !state.isStopped else { return }
    isSweeping = true
    sweepLater()
  }

  private func sweepLater() { tasks.after(tuning.idle / 2) { await self.sweep() } }

  private func sweep() {
    for id in pool.sweep() { close(id) }
    isSweeping = pool.count > 0
    if isSweeping { sweepLater() }
  }

  // MARK: Without mail

  func keepSignInAlive() async {
    await SignInKeepAlive(transport: transport, time: context.time, interval: tuning.keepAlive).run {
      state.isOpen
    } tell: { outcome in
      await tell(.signInLapsed(outcome))
    }
  }
}

extension TransportSession {
  /// An idle session may have gone meanwhile.
  func isFit(afterRest hasRested: Bool) async -> Bool {
    if hasRested { return await isAlive() }
    return isUsable
  }
}
