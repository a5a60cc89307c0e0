// What stands on top of a file in the drop folder: the envelope, and how long the message behind it is. The program
// letterhead-sendmail writes such files while no relay answers, and the relay reads them when it is back.
//
// Lines end in LF. The first says what this is; then `Octets`, `From`, one `To` for each recipient, and perhaps `Body`;
// an empty line ends them. The file ends with the message: one of another length is not whole.

import SMTP

package struct DropHead: Equatable, Sendable {
  package enum Defect: Error, Equatable, Sendable {
    /// The empty line has not come yet, and may come.
    case unended
    /// The file is something else, or somebody has written a line that no program of ours writes.
    case malformed
  }

  package var envelope: Envelope
  /// How long the message is.
  package var messageOctets: Int

  package init(envelope: Envelope, messageOctets: Int) {
    self.envelope = envelope
    self.messageOctets = messageOctets
  }

  /// A longer head is malformed. Room for some 3000 of the longest addresses.
  package static let maximumOctets = 1 << 20
  private static let signature = Array("letterhead drop 1".utf8)

  /// As it is written into a file.
  package var octets: [UInt8] {
    var octets = Self.signature
    octets.append("\nOctets: \(messageOctets)\nFrom: <\(envelope.sender?.text ?? "")>\n")
    for recipient in envelope.recipients { octets.append("To: <\(recipient.text)>\n") }
    if envelope.is8BitMIME { octets.append("Body: 8BITMIME\n") }
    octets.append(.lf)
    return octets
  }
}

extension DropHead {
  /// Reads the head of a file that anybody may have written.
  ///
  /// - Parameter beginning: of the file: up to `maximumOctets` of it, or all of it.
  /// - Returns: also how long the head itself is: there the message begins.
  package static func parse(_ beginning: ArraySlice<UInt8>) throws(Defect) -> (head: DropHead, length: Int) {
    var reading = Reading()
    var rest = beginning.prefix(maximumOctets)
    var isFirst = true
    while let end = rest.firstIndex(of: .lf) {
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      if isFirst {
        guard line.elementsEqual(signature) else { throw .malformed }
        isFirst = false
      } else if line.isEmpty {
        guard let head = reading.head else { throw .malformed }
        return (head, rest.startIndex - beginning.startIndex)
      } else {
        guard reading.take(line) else { throw .malformed }
      }
    }
    let mayBecomeOne = isFirst ? signature.starts(with: rest) : beginning.count < maximumOctets
    throw mayBecomeOne ? .unended : .malformed
  }

  /// What the lines have told so far.
  private struct Reading {
    private var messageOctets: Int?
    private var sender: Address??
    private var recipients: [Address] = []
    private var is8BitMIME = false

    /// - Returns: false for a line that has no place here.
    mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
      let value = line[(colon + 1)...].dropFirst(line[(colon + 1)...].first == .space ? 1 : 0)
      switch String(decoding: line[..<colon], as: UTF8.self) {
      case "Octets": return take(count: value)
      case "From": return take(sender: value)
      case "To": return take(recipient: value)
      case "Body":
        is8BitMIME = true
        return value.elementsEqual("8BITMIME".utf8)
      default: return false
      }
    }

    private mutating func take(count: ArraySlice<UInt8>) -> Bool {
      guard messageOctets == nil, count.count <= 15, count.allSatisfy(\.isDigit) else { return false }
      messageOctets = Int(String(decoding: count, as: UTF8.self))
      return messageOctets != nil
    }

    private mutating func take(sender text: ArraySlice<UInt8>) -> Bool {
      guard sender == nil else { return false }
      let isNull = text.elementsEqual("<>".utf8)
      sender = .some(Self.bracketed(text))
      return isNull || Self.bracketed(text) != nil
    }

    private mutating func take(recipient text: ArraySlice<UInt8>) -> Bool {
      guard let address = Self.bracketed(text) else { return false }
      recipients.append(address)
      return true
    }

    private static func bracketed(_ text: ArraySlice<UInt8>) -> Address? {
      guard text.count > 2, text.first == UInt8(ascii: "<"), text.last == UInt8(ascii: ">") else { return nil }
      return Address(parsing: text.dropFirst().dropLast())
    }

    var head: DropHead? {
      guard let messageOctets, let sender, !recipients.isEmpty else { return nil }
      let isSMTPUTF8 = !(recipients + [sender].compactMap { $0 }).allSatisfy(\.isASCII)
      let envelope = Envelope(
        sender: sender, recipients: recipients, isSMTPUTF8: isSMTPUTF8, is8BitMIME: is8BitMIME)
      return DropHead(envelope: envelope, messageOctets: messageOctets)
    }
  }
}
