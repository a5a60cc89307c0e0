// Reads the message, no more of it into memory than its header and one piece.

import Glibc
import Message
import Platform
import SMTP

struct StandardInput {
  private let options: SendmailOptions
  private var decoder: InputDecoder
  private var isAtEnd = false

  init(_ options: SendmailOptions) {
    self.options = options
    decoder = InputDecoder(endsAtDot: options.endsAtDot)
  }

  consuming func read(
    for account: SendmailAccount
  ) throws(SendmailFailure) -> (envelope: Envelope, message: MessageCopy) {
    let letter = try Letter(of: try beginning(), options, by: account)
    let message = MessageCopy()
    var octets = letter.beginning
    while true {
      do throws(SystemError) { try message.append(octets) } catch {
        throw SendmailFailure(error.code == ENOSPC ? .inputOutput : .system, "The message cannot be kept: \(error).")
      }
      if isAtEnd { return (letter.envelope, message) }
      octets = try next()
    }
  }

  /// The message as far as it takes to have the whole header.
  private mutating func beginning() throws(SendmailFailure) -> [UInt8] {
    var octets: [UInt8] = []
    while !isAtEnd {
      octets += try next()
      if Header(parsing: octets).isEnded { break }
      if octets.count > Header.maximumOctets { throw SendmailFailure(.badAddress, "The header does not end.") }
    }
    return octets
  }

  /// The next octets of the message, as they are kept.
  private mutating func next() throws(SendmailFailure) -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    var count = -1
    repeat { count = Glibc.read(STDIN_FILENO, &piece, piece.count) } while count < 0 && errno == EINTR
    guard count >= 0 else { throw SendmailFailure(.inputOutput, "The message cannot be read: \(SystemError()).") }
    var octets: [UInt8] = []
    decoder.decode(Array(piece.prefix(count)), into: &octets)
    isAtEnd = count == 0 || decoder.isComplete
    if isAtEnd { decoder.finish(into: &octets) }
    return octets
  }
}
