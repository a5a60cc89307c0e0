// One message's content while it comes in: gathered in memory, moved to a file when it grows, forgotten once refused.
// Knows nothing of sockets or of where a message ends.

import Message
import SMTP

/// Fed by the session, piece by piece. A refusal does not stop the feeding: the rest of the message must still be read,
/// or it would be taken for commands.
final class IncomingBody<Keeper: Intake> {
  /// What makes this message impossible to take, once that is known.
  private(set) var refusal: Reply?

  private let keeper: Keeper
  private let door: FrontDoor
  private let envelope: Envelope
  private var octets: [UInt8]
  /// Where the app's own octets begin, behind our Received line.
  private let ownOctets: Int
  private var received = 0
  private var reserved = 0
  private var isHeaderChecked = false
  private var large: Keeper.LargeBody?

  /// The most one message takes in memory; the header must fit in.
  private static var memoryOctets: Int { 256 << 10 }
  private static var pieceOctets: Int { 64 << 10 }

  /// - Parameters:
  ///   - trace: the Received line, put on top.
  ///   - announced: what SIZE said, if it said anything.
  init(for envelope: Envelope, trace: [UInt8], announced: Int?, keeper: Keeper, door: FrontDoor) {
    self.envelope = envelope
    self.keeper = keeper
    self.door = door
    ownOctets = trace.count
    octets = []
    octets.reserveCapacity(min(max(announced ?? 0, 2048), Self.memoryOctets) + trace.count + 512)
    octets.append(contentsOf: trace)
  }

  /// The app's octets, CRLF line ends included.
  var count: Int { received }

  /// Called on the way out of the socket's buffer: copies, and waits for nothing.
  func take(_ piece: UnsafeRawBufferPointer) {
    received += piece.count
    if refusal == nil, received > door.limits.maxMessageOctets {
      refuse(Replies.messageTooLarge(most: door.limits.maxMessageOctets))
    }
    if refusal == nil { octets.append(contentsOf: piece) }
  }

  func refuse(_ reply: Reply) {
    if refusal == nil { refusal = reply }
    octets = []
    giveMemoryBack()
  }

  /// Between two reads: what is too much for memory goes to the disk.
  func relieve() async {
    if refusal != nil { return await drop() }
    checkHeader(isWhole: false)
    if large == nil, refusal == nil, octets.count > Self.memoryOctets || !reserve() { await moveToDisk() }
    if let large, octets.count >= Self.pieceOctets { await append(to: large) }
  }

  /// The end has come.
  ///
  /// - Returns: nil when the message is refused; nothing of it is left then.
  func finish() async -> Arrival<Keeper.LargeBody>.Content? {
    if refusal == nil { checkHeader(isWhole: true) }
    if refusal == nil, large == nil, !reserve() { await moveToDisk() }
    if let large, refusal == nil { await append(to: large) }
    if refusal != nil { await drop() }
    if refusal != nil { return nil }
    return if let large { .large(large) } else { .octets(octets) }
  }

  /// Lets go of everything. After `finish()`, `isAccepted` says who owns the file.
  func drop(isAccepted: Bool = false) async {
    octets = []
    giveMemoryBack()
    if let large, !isAccepted { await keeper.discard(large) }
    large = nil
  }

  // MARK: -

  private func checkHeader(isWhole: Bool) {
    guard !isHeaderChecked else { return }
  }

  private func moveToDisk() async {
    // Without the header the loop guard is blind; and a header alone may not fill the memory of all.
    guard isHeaderChecked else { return refuse(Replies.noRoom) }
    do throws(IntakeError) {
      large = try await keeper.startLargeBody(for: envelope)
    } catch {
      refuse(Replies.noRoom)
    }
    if let large { await append(to: large) }
    giveMemoryBack()
  }

  private func append(to large: Keeper.LargeBody) async {
    do throws(IntakeError) {
      try await keeper.append(octets, to: large)
      octets.removeAll(keepingCapacity: octets.capacity <= 2 * Self.pieceOctets)
    } catch {
      refuse(Replies.noRoom)
    }
  }

  private func reserve() -> Bool {
    let more = octets.count - reserved
    guard more > 0 else { return true }
    guard door.bodyMemory.take(more) else { return false }
    reserved += more
    return true
  }

  private func giveMemoryBack() {
    if reserved > 0 { door.bodyMemory.giveBack(reserved) }
    reserved = 0
  }
}
