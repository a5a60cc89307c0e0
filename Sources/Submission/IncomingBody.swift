// One message while it is received: gathered in memory, moved to a file when it grows, dropped once it is refused.
// Knows nothing of sockets or of where a message ends.

import Access
import Logging
import Logs
import Message
import SMTP
import Sockets

/// Fed by the session, piece by piece. After a refusal the session goes on reading and feeding: the rest of the message
/// would be taken for commands otherwise.
final class IncomingBody<Destination: Intake> {
  /// As the client gave it; as it is kept once the header has been read.
  private(set) var envelope: Envelope
  /// Nil until the header has been read, where the header decides.
  private(set) var route: Route?
  /// What the header says, once it has been read and where the app's rules ask for it.
  private(set) var marks = MessageMarks()
  /// Nil until the header has been read, and where it has none.
  private(set) var messageID: InternetMessageID?
  /// Stands in the message's Received line and in the log, so that one can be found from the other.
  let id: String
  /// Why this message is refused, once that is known.
  private(set) var refusal: Reply?
  /// The app's octets so far.
  private(set) var count = 0
  /// How long the message is with all that is kept of it, our Received line too, once it has come to its end.
  private(set) var storedOctets = 0

  private let allowance: BodyDeadline
  private let intake: Destination
  private let context: SubmissionContext
  /// What the route is found by, but for the header.
  private let request: RouteRequest
  private var octets: [UInt8] = []
  /// An octet of the app's has come that is kept.
  private var hasBegun = false
  /// Where the app's own octets begin, behind our Received line.
  private let traceOctets: Int
  private var reserved = 0
  private var large: Destination.LargeBody?

  /// The most one message takes in memory; the header must fit in.
  static var memoryOctets: Int { 256 << 10 }
  private static var pieceOctets: Int { 64 << 10 }

  /// - Parameters:
  ///   - route: nil where the header decides.
  ///   - request: by which the route was found, or not yet.
  ///   - trace: the fields that Letterhead puts on top.
  ///   - announced: what SIZE said, if it said anything.
  init(
    for envelope: Envelope, route: Route?, found request: RouteRequest, id: String, trace: [UInt8], announced: Int?,
    intake: Destination, context: SubmissionContext
  ) {
    self.envelope = envelope
    self.route = route
    self.request = request
    self.id = id
    self.intake = intake
    self.context = context
    allowance = BodyDeadline(context.limits)
    traceOctets = trace.count
    octets.reserveCapacity(min(max(announced ?? 0, 8 << 10), Self.pieceOctets) + trace.count)
    octets.append(contentsOf: trace)
  }

  var deadline: Instant { allowance.deadline(after: count) }

  /// Called while the piece is still in the socket's buffer: copies it, and waits for nothing.
  func take(_ piece: UnsafeRawBufferPointer) {
    count += piece.count
    let limit = context.limits.maxMessageOctets
    let excess = count > limit ? Replies.messageTooLarge(limit: limit) : route?.refusal(ofOctets: count)
    if let excess { refuse(excess) }
    guard refusal == nil else { return }
    if hasBegun { octets.append(contentsOf: piece) } else { begin(piece) }
  }

  /// The first octet that is kept decides whether an empty line must stand before it. NUL will not be kept.
  private func begin(_ piece: UnsafeRawBufferPointer) {
    let kept = piece.drop { $0 == .nul }
    guard let first = kept.first else { return }
    hasBegun = true
    if Trace.needsEmptyLine(before: first) { octets += [UInt8].crlf }
    octets.append(contentsOf: kept)
  }

  /// To be called between two reads: moves to the disk what is too much for memory.
  func relieve(_ findings: Findings) async {
    clean(findings)
    if refusal == nil, large == nil, !fitsInMemory() { await moveToDisk(isWhole: false) }
    if refusal == nil, let large, octets.count >= Self.pieceOctets { await append(to: large) }
    if refusal != nil { await discard() }
  }

  /// - Returns: nil when the message is refused; nothing of it is kept then.
  private func finish(_ findings: Findings) async -> Arrival<Destination.LargeBody>.Content? {
    clean(findings)
    if refusal == nil, large == nil, !fitsInMemory() { await moveToDisk(isWhole: true) }
    if refusal == nil, large == nil { checkHeader(isWhole: true) }
    if refusal == nil, let large, !octets.isEmpty { await append(to: large) }
    if refusal != nil { await discard() }
    if refusal != nil { return nil }
    if let large { return .large(large) }
    storedOctets = octets.count
    return .octets(octets)
  }

  /// To be called at the end of the message: hands it to the intake, where it is not refused.
  func conclude(_ findings: Findings, of client: ClientIdentity, helo: String) async -> BodyConclusion {
    guard let content = await finish(findings), let route else { return .refused(refusal ?? Replies.localError) }
    let message = Arrival(
      route: route, envelope: envelope, content: content, octets: count, client: client, helo: helo, marks: marks,
      messageID: messageID)
    do throws(IntakeError) {
      let acceptance = try await intake.accept(message)
      // Its file is the intake's now.
      if acceptance != .duplicate { large = nil }
      return .accepted(acceptance, by: route)
    } catch {
      if case .unwritable(let why) = error {
        context.log.tell(.messageNotStored, [.entity: route.entity, .reason: why])
      }
      return .refused(error.reply)
    }
  }

  func discard() async {
    release()
    if let large { await intake.discard(large) }
    large = nil
  }

  private func release() {
    octets = []
    giveMemoryBack()
  }

  private func giveMemoryBack() {
    if reserved > 0 { context.bodyMemory.giveBack(reserved) }
    reserved = 0
  }

  private func refuse(_ reply: Reply) {
    if refusal == nil { refusal = reply }
    release()
  }

  /// NUL is not allowed in a message (RFC 5322 §4), and some providers refuse a message that has one. The session logs it.
  private func clean(_ findings: Findings) {
    if findings.contains(.nul) { octets.removeAll { $0 == 0 } }
  }

  private func moveToDisk(isWhole: Bool) async {
    checkHeader(isWhole: isWhole)
    guard refusal == nil else { return }
    do throws(IntakeError) {
      let large = try await intake.startLargeBody(for: envelope)
      self.large = large
      await append(to: large)
    } catch {
      refuse(error.reply)
    }
    giveMemoryBack()
  }

  private func append(to large: Destination.LargeBody) async {
    do throws(IntakeError) {
      try await intake.append(octets, to: large)
      storedOctets += octets.count
      octets.removeAll(keepingCapacity: octets.capacity <= 2 * Self.pieceOctets)
    } catch {
      refuse(error.reply)
    }
  }

  /// Looks for a mail loop and settles the route, while the whole header is still in memory. Every message passes here
  /// before any of it is kept.
  private func checkHeader(isWhole: Bool) {
    let header = Header(parsing: octets[traceOctets...])
    guard isWhole || header.isEnded else {
      // A header without an end must not take the memory that all messages share.
      return refuse(octets.count > Self.memoryOctets ? .headerTooLarge : Replies.storageFailed)
    }
    messageID = InternetMessageID(of: header)
    if context.trace.passages(in: header).isLoop { return refuse(Replies.tooManyHops) }
    do throws(RouteRefusal) {
      let route = try settledRoute(by: header)
      self.route = route
      if route.app?.looksAtHeaders == true { marks = MessageMarks(of: header) }
      envelope = try route.settled(envelope)
      if let excess = route.refusal(ofOctets: count) { refuse(excess) }
    } catch {
      refuse(error.reply)
    }
  }

  /// A field that names an entity is judged though the envelope has decided: most clients may not use it.
  private func settledRoute(by header: Header) throws(RouteRefusal) -> Route {
    if let route, !header.contains(.xLetterheadEntity) { return route }
    var request = request
    request.header = RouteHeader(
      authors: header.authors, entities: header.all(.xLetterheadEntity).map { $0.value.trimmedText })
    guard let route = try intake.route(request) else { throw RouteRefusal(Replies.localError) }
    return route
  }

  private func fitsInMemory() -> Bool {
    let more = octets.count - reserved
    guard octets.count <= Self.memoryOctets, more <= 0 || context.bodyMemory.take(more) else { return false }
    reserved += max(more, 0)
    return true
  }
}

extension App {
  /// Its rules ask whether messages are alike or the same.
  fileprivate var looksAtHeaders: Bool { dedupe != nil || stormGuard != nil }
}

/// What became of a message that came to its end.
enum BodyConclusion {
  case accepted(Acceptance, by: Route)
  case refused(Reply)
}

extension MessageMarks {
  fileprivate init(of header: Header) {
    self.init(
      messageID: header.first(.messageID)?.value.trimmedText, subject: header.first(.subject)?.value.trimmedText)
  }
}

extension ArraySlice<UInt8> {
  /// Without blanks and line ends around it.
  fileprivate var trimmedText: String {
    let isBlank = { (octet: UInt8) in octet <= 0x20 }
    let kept = drop(while: isBlank)
    guard let last = kept.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(decoding: kept[...last], as: UTF8.self)
  }
}
