// The intake of the relay: finds the entity in the present directory and puts the message into the spool.

package import Access
import Foundation
import Mailboxes
package import Message
import SMTP
package import Spool
package import Platform

/// Accepts a message when the spool has it on disk.
package final class SpoolIntake: Intake {
  private let spool: Spool
  private let rules: @Sendable () -> SendingRules
  private let traffic: AppTraffic
  private let time: any TimeSource

  /// - Parameter rules: gives the present rules and directory; called once or twice a message.
  package init(
    spool: Spool, traffic: AppTraffic = AppTraffic(), time: any TimeSource = SystemTime(),
    rules: @escaping @Sendable () -> SendingRules
  ) {
    self.spool = spool
    self.rules = rules
    self.traffic = traffic
    self.time = time
  }

  /// An entity needs no mailbox: its mail is held until one is connected.
  package func route(_ request: RouteRequest) throws(RouteRefusal) -> Route? {
    let rules = rules()
    switch rules.route(request) {
    case .undecided: return nil
    case .refused(let refusal):
      if let app = rules.app(of: request.client) { traffic.noteRefusal(of: app.name) }
      throw RouteRefusal(refusal.reply)
    case .entity(let entity, _): return Route(to: entity, by: rules.app(of: request.client))
    case .pending(let key):
      guard spool.pendingCount < rules.access.unknownMaxMessages else { throw RouteRefusal(Replies.pendingFull) }
      return Route(pending: key, in: rules.directory)
    }
  }

  package func startLargeBody(for envelope: Envelope) async throws(IntakeError) -> any BodyWriter {
    do throws(SpoolError) { return try await spool.startBody() } catch { throw IntakeError(error) }
  }

  package func append(_ octets: [UInt8], to body: any BodyWriter) async throws(IntakeError) {
    do throws(SpoolError) { try await body.append(octets) } catch { throw IntakeError(error) }
  }

  package func discard(_ body: any BodyWriter) async { body.discard() }

  package func accept(_ message: Arrival<any BodyWriter>) async throws(IntakeError) -> Acceptance {
    let permit: AppTraffic.Permit
    switch traffic.judge(message, at: time.now) {
    case .refused(let reply): throw .refused(reply)
    case .duplicate: return .duplicate
    case .taken(let given): permit = given
    }
    let hold = permit.hold ?? message.route.hold
    do throws(SpoolError) {
      let id = try await spool.accept(try await message.stored(held: hold), now: time.now)
      traffic.note(permit, message.client, at: time.now)
      return .queued(id: id.description, held: hold)
    } catch {
      traffic.takeBack(permit)
      throw IntakeError(error)
    }
  }
}

extension Arrival<any BodyWriter> {
  fileprivate func stored(held reason: String?) async throws(SpoolError) -> NewMessage {
    let content: MessageContent =
      switch content {
      case .octets(let octets): .octets(octets)
      case .large(let body): .stored(try await body.finish())
      }
    return NewMessage(
      entity: route.entity, envelope: envelope, content: content, source: MessageSource(client, helo, of: route),
      hold: reason)
  }
}

extension MessageSource {
  /// The uid is that of a user of this host, who may look at the message: a container's users are others.
  init(_ client: ClientIdentity, _ helo: String, of route: Route) {
    let place = client.address.isEmpty ? client.listener : client.address
    self.init(
      client: "\(place) (\(helo))", app: route.app?.name, uid: client.hostUser?.uid, identity: client.words,
      listener: SpoolKey.isPending(route.entity) ? client.listener : nil)
  }
}

extension Route {
  fileprivate init(to entity: Entity, by app: App?) {
    let key = app?.mode == .sandbox ? Directory.sandboxKey(of: entity.key) : entity.key
    self.init(
      entity: key, localRecipients: entity.localRecipients ?? entity.notify, app: app,
      hold: app?.mode == .hold ? app.map { "App \($0.name) is set to hold: mode in [app.\($0.name)]" } : nil)
  }

  /// Whose it will be is not known yet; mail to root goes to those who would get it by default.
  fileprivate init(pending key: PendingKey, in directory: Directory) {
    let likeliest = directory.entities.first(where: \.isDefault) ?? directory.entities.first
    self.init(
      entity: key.spoolKey, localRecipients: likeliest.map { $0.localRecipients ?? $0.notify } ?? [],
      hold: "No app matches \(key.words): letterhead app pending")
  }
}

extension IntakeError {
  init(_ error: SpoolError) { self = error == .full ? .full : .unwritable("\(error)") }
}
