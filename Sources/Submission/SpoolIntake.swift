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
  private let counters: SubmissionCounters
  private let maximumOctets: @Sendable (_ entity: String) -> Int?
  private let hostname: String
  private let time: any TimeSource

  /// - Parameters:
  ///   - hostname: as it stands in the Message-IDs that Letterhead adds.
  ///   - maximumOctets: of a message that the entity's mailbox can send now; `nil`: not known.
  ///   - rules: gives the present rules and directory; called once or twice a message.
  package init(
    spool: Spool, hostname: String, traffic: AppTraffic = AppTraffic(),
    counters: SubmissionCounters = SubmissionCounters(), time: any TimeSource = SystemTime(),
    maximumOctets: @escaping @Sendable (_ entity: String) -> Int? = { _ in nil },
    rules: @escaping @Sendable () -> SendingRules
  ) {
    self.spool = spool
    self.hostname = hostname
    self.rules = rules
    self.traffic = traffic
    self.counters = counters
    self.maximumOctets = maximumOctets
    self.time = time
  }

  /// An entity needs no mailbox: its mail is held until one is connected.
  package func route(_ request: RouteRequest) throws(RouteRefusal) -> Route? {
    let rules = rules()
    switch rules.route(request) {
    case .undecided: return nil
    case .refused(let refusal):
      if let app = rules.app(of: request.client) { traffic.noteRefusal(of: app.name) }
      count(RefusalReason(refusal), of: request.client)
      throw RouteRefusal(refusal.reply)
    case .entity(let entity, _):
      return Route(to: entity, by: rules.app(of: request.client), upTo: maximumOctets(entity.key))
    case .pending(let key):
      guard spool.pendingCount < rules.access.unknownMaxMessages else {
        count(.limit, of: request.client)
        throw RouteRefusal(Replies.pendingFull)
      }
      return Route(pending: key, in: rules.directory)
    }
  }

  package func largestMessage(among request: RouteRequest) -> Int? {
    let rules = rules()
    let app = rules.app(of: request.client)
    if app?.mode == .sandbox { return app?.limits.maxMessageOctets }
    let limits = rules.entities(openTo: request).map { maximumOctets($0.key) }
    // A mailbox of which nothing is known may take anything.
    let largest = limits.contains(nil) ? nil : limits.compactMap(\.self).max()
    return [app?.limits.maxMessageOctets, largest].compactMap(\.self).min()
  }

  private func count(_ reason: RefusalReason?, of client: ClientIdentity) {
    if let reason { counters.listener(client.listener).refusals[reason].add() }
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
    case .refused(let reply):
      // The session counts by the reply what a reply can say.
      if RefusalReason(reply) == nil { count(.limit, of: message.client) }
      throw .refused(reply)
    case .duplicate: return .duplicate
    case .taken(let given): permit = given
    }
    let hold = permit.hold ?? message.route.hold
    do throws(SpoolError) {
      let new = try await message.stored(held: hold)
      let now = time.now
      let id = try await spool.accept(new, now: now)
      traffic.note(permit, message.client, at: time.now)
      counters.countAccepted(by: message.route, octets: message.octets)
      return .queued(id: id.description, held: hold, addedID: addedID(to: new, id, receivedAt: now))
    } catch {
      traffic.takeBack(permit)
      throw IntakeError(error)
    }
  }

  private func addedID(to message: NewMessage, _ id: MessageID, receivedAt now: Date) -> InternetMessageID? {
    guard message.messageID == nil, let mailbox = rules().directory.identity(of: message.entity) else { return nil }
    return InternetMessageID(
      addedTo: id.description, receivedAt: Timestamp(now).date, hostname: hostname, domain: mailbox.address.domain)
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
      hold: reason, messageID: messageID)
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
  /// - Parameter maximumOctets: of the entity's mailbox, which a sandbox does not send through.
  fileprivate init(to entity: Entity, by app: App?, upTo maximumOctets: Int?) {
    let isSandboxed = app?.mode == .sandbox
    self.init(
      entity: isSandboxed ? Directory.sandboxKey(of: entity.key) : entity.key,
      localRecipients: entity.localRecipients ?? entity.notify, app: app,
      maximumOctets: isSandboxed ? nil : maximumOctets,
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
