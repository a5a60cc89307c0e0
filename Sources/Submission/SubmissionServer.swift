// One listener: takes connections, and runs each as a child task on its loop.

package import Sockets
package import TLS
import Logging
import SMTP
import Synchronization

/// Serves one address until `stop`. Several share a `FrontDoor`.
package final class SubmissionServer<Keeper: Intake>: Sendable {
  package let settings: ListenerSettings
  let door: FrontDoor
  let intake: Keeper
  let tls: TLSContext?
  let offers: ServerDialogue.Offers
  private let listener: Listener
  private let sessions = OpenSessions<Keeper>()
  private let isStopping = Atomic<Bool>(false)

  /// Binds; apps may connect from here on, and are served once `run` is.
  ///
  /// - Parameter tls: there whenever the settings ask for TLS.
  package init(
    _ settings: ListenerSettings, door: FrontDoor, intake: Keeper, tls: TLSContext? = nil
  ) throws(ListenError) {
    self.settings = settings
    self.door = door
    self.intake = intake
    self.tls = tls
    offers = ServerDialogue.Offers(
      hostname: door.hostname, maximumMessageOctets: door.limits.maxMessageOctets,
      maximumRecipients: door.limits.maxRecipients, startTLS: settings.security == .starttls)
    listener = try Listener(address: settings.address)
  }

  /// Where it listens, the port as the kernel chose it.
  package var endpoint: Endpoint { listener.endpoint }

  /// Call within a task of `loop`. Returns after `stop`, when the last session has ended.
  package func run(on loop: EventLoop) async {
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

  /// Lets nobody in any more, at once; whoever is in stays. The address is free for another server when this returns.
  package func shut() {
    isStopping.store(true, ordering: .relaxed)
    listener.close()
  }

  /// Takes no new connection, tells each session 421 at its next idle point, and ends those that have not come there
  /// in time. Returns when the time is over or the last session gone; then `run` returns too.
  package func stop(on loop: EventLoop, within grace: Duration = .seconds(10)) async {
    shut()
    await loop.start { await self.empty(on: loop, until: .now + grace) }.value
  }

  private func empty(on loop: EventLoop, until deadline: Instant) async {
    sessions.drain()
    while !sessions.isEmpty, Instant.now < deadline {
      do { try await loop.sleep(until: .now + .milliseconds(20)) } catch { break }
    }
    sessions.interrupt()
  }

  private func serve(_ connection: Connection) async {
    guard door.connections.take() else { return await turnAway(connection) }
    let session = SubmissionSession(connection, at: self)
    sessions.enter(session)
    await session.run()
    sessions.leave(session)
    door.connections.giveBack()
  }

  /// Behind TLS there is nobody yet who could read a reply.
  private func turnAway(_ connection: Connection) async {
    door.complain("too many connections", ["client": "\(connection.peer.host)"])
    if settings.security != .tls {
      try? await connection.send(Replies.tooManyConnections.octets(), until: .now + .seconds(1))
    }
    connection.close()
  }
}
