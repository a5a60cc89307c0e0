// One listener: takes connections, and runs each as a child task on its loop.

package import Sockets
package import TLS
import Logging
import Logs
package import Access
import Platform
package import SMTP
import Synchronization

/// Serves one address until `stop`. Several share a `SubmissionContext`.
package final class SubmissionServer<Destination: Intake>: Sendable {
  package let settings: ListenerSettings
  let context: SubmissionContext
  let intake: Destination
  let access: ListenerAccess
  let counters: ListenerCounters
  let tls: TLSContext?
  let offers: ServerDialogue.Offers
  /// Several where the service manager has opened several of one name.
  private let listeners: [Listener]
  private let sessions = OpenSessions<Destination>()
  private let isStopping = Atomic<Bool>(false)

  /// Binds the address. Apps may connect from here on, and are served as soon as `run` is called.
  ///
  /// - Parameters:
  ///   - tls: must be given whenever the settings ask for TLS.
  ///   - inherited: sockets that the service manager has opened for this process.
  package init(
    _ settings: ListenerSettings, context: SubmissionContext, intake: Destination, access: ListenerAccess,
    counters: ListenerCounters = ListenerCounters(), tls: TLSContext? = nil,
    inheriting inherited: InheritedSockets = InheritedSockets()
  ) throws(ListenError) {
    self.settings = settings
    self.context = context
    self.intake = intake
    self.access = access
    self.counters = counters
    self.tls = tls
    offers = ServerDialogue.Offers(
      hostname: context.hostname, maximumMessageOctets: context.limits.maxMessageOctets,
      maximumRecipients: context.limits.maxRecipients, startTLS: settings.security == .starttls)
    listeners = try Listener.opened(at: settings.address, inheriting: inherited)
  }

  /// Where it listens, with the port that the kernel chose.
  package var endpoint: Endpoint { listeners[0].endpoint }

  /// Call within a task of `loop`. Returns after `stop`, when the last session has ended.
  package func run(on loop: EventLoop) async {
    await withDiscardingTaskGroup { group in
      for listener in listeners { group.addTask { await self.serve(listener, on: loop) } }
    }
  }

  private func serve(_ listener: Listener, on loop: EventLoop) async {
    await withDiscardingTaskGroup { group in
      while !isStopping.load(ordering: .relaxed) {
        do throws(ConnectionError) {
          let connection = try await listener.accept(on: loop)
          group.addTask { await self.serve(connection) }
        } catch {
          break
        }
      }
    }
  }

  /// Takes no new connection from now on; open sessions go on. The address is free for another server when this
  /// returns.
  package func shut() {
    isStopping.store(true, ordering: .relaxed)
    for listener in listeners { listener.close() }
  }

  /// Takes no new connection, ends each session with `farewell` between two of its commands, and breaks off those that
  /// are in the middle of one when `grace` is over. `run` returns after the last of them.
  package func stop(
    on loop: EventLoop, within grace: Duration = .seconds(10), saying farewell: Reply = Replies.shuttingDown
  ) async {
    shut()
    await loop.start { await self.empty(on: loop, until: .now + grace, saying: farewell) }.value
  }

  private func empty(on loop: EventLoop, until deadline: Instant, saying farewell: Reply) async {
    sessions.drain(saying: farewell)
    while !sessions.isEmpty, Instant.now < deadline {
      do { try await loop.sleep(until: .now + .milliseconds(20)) } catch { break }
    }
    sessions.interrupt()
  }

  /// Ends the sessions of an app whose password has been revoked.
  package func end(sessionsOf app: String, on loop: EventLoop) async {
    await loop.start { [sessions] in sessions.drain(of: app, saying: Replies.signInRevoked) }.value
  }

  /// The sessions that are open now.
  package func liveSessions(on loop: EventLoop) async -> [LiveSession] {
    await loop.run { [sessions] in sessions.summaries }
  }

  private func serve(_ connection: Connection) async {
    guard context.connections.take() else { return await turnAway(connection) }
    counters.connections.change(by: 1)
    defer {
      counters.connections.change(by: -1)
      context.connections.giveBack()
    }
    do {
      let session = SubmissionSession(connection, of: try await introduction(of: connection), at: self)
      sessions.enter(session)
      await session.run()
      sessions.leave(session)
    } catch {
      note(error, from: connection.peer.host)
      connection.close()
    }
  }

  /// A proxy that closes without a word looks whether somebody is here.
  private func note(_ error: ProxyHeaderError, from host: String) {
    if case .connection(.reset) = error { return counters.probes.add() }
    counters.connectionsRefused.add()
    context.tellThrottled(
      .proxyHeaderMissing, [.client: host, .listener: settings.address, .reason: error.words])
  }

  /// A client that expects TLS at once could not read a reply in clear.
  private func turnAway(_ connection: Connection) async {
    counters.connectionsRefused.add()
    context.tellThrottled(.tooManyConnections, [.client: connection.peer.host, .listener: settings.address])
    if settings.security != .tls {
      try? await connection.send(Replies.tooManyConnections.octets(), until: .now + .seconds(1))
    }
    connection.close()
  }
}

extension ProxyHeaderError {
  /// For the log.
  fileprivate var words: String {
    switch self {
    case .malformed(let fault): fault.words
    case .connection(let error): "\(error)"
    }
  }
}
