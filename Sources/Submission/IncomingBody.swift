// One message's content while it comes in: gathered in memory, moved to a file when it grows, forgotten once refused.
// Knows nothing of sockets or of where a message ends.

import Message
import SMTP
import Sockets

/// Fed by the session, piece by piece. A refusal does not stop the feeding: the rest of the message must still be read,
/// or it would be taken for commands.
final class IncomingBody<Keeper: Intake> {
  let envelope: Envelope
  /// In its Received line and in the log: what ties the two together.
  let id: String
  /// What makes this message impossible to take, once that is known.
  private(set) var refusal: Reply?
  /// The app's octets so far, as they are kept.
  private(set) var count = 0

  private let pace: Pace
  private let keeper: Keeper
  private let door: FrontDoor
  private var octets: [UInt8] = []
  /// Where the app's own octets begin, behind our Received line.
  private let traceOctets: Int
  private var reserved = 0
  private var large: Keeper.LargeBody?

  /// The most one message takes in memory; the header must fit in.
  static var memoryOctets: Int { 256 << 10 }
  private static var pieceOctets: Int { 64 << 10 }

  /// - Parameters:
  ///   - trace: the Received line, put on top.
  ///   - announced: what SIZE said, if it said anything.
  init(for envelope: Envelope, id: String, trace: [UInt8], announced: Int?, keeper: Keeper, door: FrontDoor) {
    self.envelope = envelope
    self.id = id
    self.keeper = keeper
    self.door = door
    pace = Pace(door.limits)
    traceOctets = trace.count
    octets.reserveCapacity(min(max(announced ?? 0, 8 << 10), Self.pieceOctets) + trace.count)
    octets.append(contentsOf: trace)
  }

  var deadline: Instant { pace.deadline(after: count) }

  /// Called on the way out of the socket's buffer: copies, and waits for nothing.
  func take(_ piece: UnsafeRawBufferPointer) {
    let isFirst = count == 0
    count += piece.count
    if count > door.limits.maxMessageOctets { refuse(Replies.messageTooLarge(limit: door.limits.maxMessageOctets)) }
    guard refusal == nil else { return }
    if isFirst, Trace.needsEmptyLine(before: piece.first) { octets += [0x0D, 0x0A] }
    octets.append(contentsOf: piece)
  }

  /// Between two reads: what is too much for memory goes to the disk.
  func relieve(_ findings: Findings) async {
    clean(findings)
    if refusal == nil, large == nil, !fitsInMemory() { await moveToDisk(isWhole: false) }
    if refusal == nil, let large, octets.count >= Self.pieceOctets { await append(to: large) }
    if refusal != nil { await discard() }
  }

  /// The end has come.
  ///
  /// - Returns: nil when the message is refused; nothing of it is left then.
  func finish(_ findings: Findings) async -> Arrival<Keeper.LargeBody>.Content? {
    clean(findings)
    if refusal == nil, large == nil, !fitsInMemory() { await moveToDisk(isWhole: true) }
    if refusal == nil, large == nil { checkHeader(isWhole: true) }
    if refusal == nil, let large, !octets.isEmpty { await append(to: large) }
    if refusal != nil { await discard() }
    if refusal != nil { return nil }
    return if let large { .large(large) } else { .octets(octets) }
  }

  /// The keeper has it now.
  func handOver() { large = nil }

  func discard() async {
    release()
    if let large { await keeper.discard(large) }
    large = nil
  }

  private func release() {
    octets = []
    giveMemoryBack()
  }

  private func giveMemoryBack() {
    if reserved > 0 { door.bodyMemory.giveBack(reserved) }
    reserved = 0
  }

  private func refuse(_ reply: Reply) {
    if refusal == nil { refusal = reply }
    release()
  }

  /// NUL has no place in a message (RFC 5322 §4), and some providers refuse the whole for it.
  private func clean(_ findings: Findings) {
    if findings.contains(.nul) { octets.removeAll { $0 == 0 } }
  }

  private func moveToDisk(isWhole: Bool) async {
    checkHeader(isWhole: isWhole)
    guard refusal == nil else { return }
    do throws(IntakeError) {
      let large = try await keeper.startLargeBody(for: envelope)
      self.large = large
      await append(to: large)
    } catch {
      refuse(error.reply)
    }
    giveMemoryBack()
  }

  private func append(to large: Keeper.LargeBody) async {
    do throws(IntakeError) {
      try await keeper.append(octets, to: large)
      octets.removeAll(keepingCapacity: octets.capacity <= 2 * Self.pieceOctets)
    } catch {
      refuse(error.reply)
    }
  }

  /// The loop guard, while the whole header is still in memory.
  private func checkHeader(isWhole: Bool) {
    let header = Header(parsing: octets[traceOctets...])
    guard isWhole || header.isEnded else {
      // Headers alone may not fill the memory of all.
      return refuse(octets.count > Self.memoryOctets ? .headerTooLarge : Replies.storageFailed)
    }
    if door.trace.passages(in: header).isLoop { refuse(Replies.tooManyHops) }
  }

  private func fitsInMemory() -> Bool {
    let more = octets.count - reserved
    guard octets.count <= Self.memoryOctets, more <= 0 || door.bodyMemory.take(more) else { return false }
    reserved += max(more, 0)
    return true
  }
}
