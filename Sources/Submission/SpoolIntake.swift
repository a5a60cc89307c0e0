// The intake of the relay: finds the entity in the present directory and puts the message into the spool.

import Foundation
package import Mailboxes
package import Message
package import SMTP
package import Spool
package import Platform

/// Accepts a message when the spool has it on disk.
package final class SpoolIntake: Intake {
  private let spool: Spool
  private let directory: @Sendable () -> Directory
  private let time: any TimeSource

  /// - Parameter directory: gives the present directory; called once or twice a message.
  package init(
    spool: Spool, directory: @escaping @Sendable () -> Directory, time: any TimeSource = SystemTime()
  ) {
    self.spool = spool
    self.directory = directory
    self.time = time
  }

  /// An entity needs no mailbox: its mail is held until one is connected.
  package func route(_ sender: Address?, listener: String?) throws(RouteRefusal) -> Route? {
    switch directory().route(for: sender, listener: listener) {
    case .entity(let entity): return Route(to: entity)
    case .undecided: return nil
    // A listener and its entity come and go with one reload, but not in one instant.
    case .none: throw RouteRefusal(listener == nil ? Replies.noEntity(for: sender) : Replies.changing)
    }
  }

  package func route(_ sender: Address?, authors: [Address]) throws(RouteRefusal) -> Route {
    guard let entity = directory().entity(forAuthors: authors) else {
      throw RouteRefusal(Replies.noEntity(for: sender))
    }
    return Route(to: entity)
  }

  package func startLargeBody(for envelope: Envelope) async throws(IntakeError) -> any BodyWriter {
    do throws(SpoolError) { return try await spool.startBody() } catch { throw IntakeError(error) }
  }

  package func append(_ octets: [UInt8], to body: any BodyWriter) async throws(IntakeError) {
    do throws(SpoolError) { try await body.append(octets) } catch { throw IntakeError(error) }
  }

  package func discard(_ body: any BodyWriter) async { body.discard() }

  package func accept(_ message: Arrival<any BodyWriter>) async throws(IntakeError) -> String {
    do throws(SpoolError) {
      let content: MessageContent =
        switch message.content {
        case .octets(let octets): .octets(octets)
        case .large(let body): .stored(try await body.finish())
        }
      let new = NewMessage(
        entity: message.route.entity, envelope: message.envelope, content: content,
        source: MessageSource(client: message.client))
      return try await spool.accept(new, now: time.now).description
    } catch {
      throw IntakeError(error)
    }
  }
}

extension Route {
  fileprivate init(to entity: Entity) {
    self.init(entity: entity.key, localRecipients: entity.localRecipients ?? entity.notify)
  }
}

extension IntakeError {
  init(_ error: SpoolError) { self = error == .full ? .full : .unwritable("\(error)") }
}
