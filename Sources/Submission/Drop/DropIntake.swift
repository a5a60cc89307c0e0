// Takes dropped messages by the same rules as a listener does.

import Access
import Message
import Platform
import SMTP

package struct DropIntake<Destination: Intake>: Sendable {
  /// What stands for the listener in rules, logs and listings.
  package static var place: String { "drop" }

  private let intake: Destination
  private let access: ListenerAccess
  private let context: SubmissionContext

  package init(_ intake: Destination, _ access: ListenerAccess, _ context: SubmissionContext) {
    self.intake = intake
    self.access = access
    self.context = context
  }

  /// For ``DropFolder/run(_:)``.
  package func submit(_ dropped: DroppedMessage) async -> DropVerdict {
    let limit = context.limits.maxRecipients
    guard dropped.envelope.recipients.count <= limit else {
      return .refused("more recipients than max_recipients, which is \(limit)")
    }
    let client = await access.identity(ofOwner: dropped.owner, at: Self.place)
    let request = RouteRequest(client: client, sender: dropped.envelope.sender)
    let body: IncomingBody<Destination>
    do throws(RouteRefusal) {
      body = begin(dropped, by: request, try intake.route(request))
    } catch {
      return DropVerdict(error.reply)
    }
    do throws(SystemError) {
      let findings = try await read(dropped, into: body)
      return await conclude(body, findings, client)
    } catch {
      await body.discard()
      return .later("\(error)")
    }
  }

  private func begin(
    _ dropped: DroppedMessage, by request: RouteRequest, _ route: Route?
  ) -> IncomingBody<Destination> {
    let id = String(UInt64.random(in: .min ... .max), radix: 36)
    let app = access.rules().app(of: request.client)
    let session = Trace.Session(
      helo: "localhost", peer: "", isExtended: false, isSecured: false, app: app?.name, identity: request.client.words,
      isSMTP: false)
    var trace = context.trace.received(session, isSMTPUTF8: false, id: id, now: context.time.now)
    if case .redirect = app?.mode { trace += Trace.originalRecipients(dropped.envelope.recipients) }
    return IncomingBody(
      for: dropped.envelope, route: route, found: request, id: id, trace: trace, announced: dropped.octets,
      intake: intake, context: context)
  }

  /// Lines of any end become lines of CRLF.
  private func read(
    _ dropped: DroppedMessage, into body: IncomingBody<Destination>
  ) async throws(SystemError) -> Findings {
    var lines = ChunkDecoder()
    lines.begin(octets: dropped.octets)
    while !lines.isComplete {
      let piece = try dropped.piece(at: dropped.octets - lines.remaining)
      piece.withUnsafeBytes { octets in _ = lines.decode(octets) { body.take($0) } }
      await body.relieve(lines.findings)
    }
    lines.finish { body.take($0) }
    return lines.findings
  }

  private func conclude(
    _ body: IncomingBody<Destination>, _ findings: Findings, _ client: ClientIdentity
  ) async -> DropVerdict {
    switch await body.conclude(findings, of: client, helo: Self.place) {
    case .accepted(let acceptance, let route):
      context.log(acceptance, of: body, by: route, client)
      await body.discard()
      return .accepted
    case .refused(let reply):
      await body.discard()
      return DropVerdict(reply)
    }
  }
}

extension DropVerdict {
  /// - Parameter reply: what a client would have been told.
  fileprivate init(_ reply: Reply) { self = reply.isTransient ? .later(reply.text) : .refused(reply.text) }
}
