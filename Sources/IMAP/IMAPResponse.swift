// One response of a server, as far as filing and looking need to know. RFC 3501 §7.

package import Foundation
import Message
import SMTP

package enum IMAPResponse: Equatable, Sendable {
  /// `+`: the server waits for more; in a sign-in with its challenge in Base64.
  case continuation([UInt8])
  /// A command has ended.
  case completed(tag: String, IMAPStatus)
  /// Said unasked, or about the session: `* OK`, `* BYE`.
  case status(IMAPStatus)
  case capabilities(IMAPCapabilities)
  case folder(ListedFolder)
  /// So many messages are in the folder that is open.
  case exists(Int)
  case message(FetchedMessage)
  /// Anything that was not asked for.
  case other

  /// - Parameter octets: one whole response without its line end, from ``IMAPResponseBuffer``.
  package init(_ octets: ArraySlice<UInt8>) throws(MalformedResponse) {
    var reader = IMAPValueReader(octets)
    let tag = reader.word()
    switch tag {
    case "": throw MalformedResponse()
    case "+": self = .continuation(Array(reader.rest))
    case "*": self = try Self.untagged(&reader)
    default:
      guard tag.utf8.count <= 16, let kind = IMAPStatus.Kind(rawValue: reader.word()) else { throw MalformedResponse() }
      self = .completed(tag: tag, IMAPStatus(kind, reader.rest))
    }
  }

  private static func untagged(_ reader: inout IMAPValueReader) throws(MalformedResponse) -> IMAPResponse {
    let word = reader.word()
    if let kind = IMAPStatus.Kind(rawValue: word) { return .status(IMAPStatus(kind, reader.rest)) }
    if let number = UInt32(word) { return try numbered(Int(number), &reader) }
    switch word {
    case "CAPABILITY":
      let names = reader.rest.split(separator: .space).prefix(200)
      return .capabilities(IMAPCapabilities(names.map { String(decoding: $0, as: UTF8.self) }))
    case "LIST": return ListedFolder(try values(&reader)).map { .folder($0) } ?? .other
    default: return .other
    }
  }

  private static func numbered(_ number: Int, _ reader: inout IMAPValueReader) throws(MalformedResponse) -> IMAPResponse
  {
    switch reader.word() {
    case "EXISTS": return .exists(number)
    case "FETCH":
      guard case .list(let items) = try reader.next() else { throw MalformedResponse() }
      return .message(FetchedMessage(number, items))
    default: return .other
    }
  }

  private static func values(_ reader: inout IMAPValueReader) throws(MalformedResponse) -> [IMAPValue] {
    var values: [IMAPValue] = []
    while let value = try reader.next() { values.append(value) }
    return values
  }
}

/// What was fetched of one message.
package struct FetchedMessage: Equatable, Sendable {
  /// Its place in the folder: the newest has the highest.
  package var number: Int
  package var filedAt: Date?
  /// The header's fields that were asked for.
  package var fields: [UInt8] = []

  /// - Parameter items: names and values in turn.
  fileprivate init(_ number: Int, _ items: [IMAPValue]) {
    self.number = number
    for (name, value) in zip(items, items.dropFirst()) {
      guard case .atom(let name) = name, case .text(let text) = value else { continue }
      let item = String(decoding: name.map(\.uppercased), as: UTF8.self)
      if item == "INTERNALDATE" { filedAt = InternalDate.date(text) }
      if item.hasPrefix("BODY[HEADER") { fields = text }
    }
  }

  /// The fields that may hold the identifier that was sent: some providers give a message a new one and keep the old.
  package static let identifyingFields = [
    "Message-ID", "X-Microsoft-Original-Message-ID", "X-Google-Original-Message-ID",
  ]

  /// Without angle brackets.
  package var messageIDs: [String] {
    let wanted = Self.identifyingFields.map { $0.lowercased() }
    return Header(parsing: fields).fields.compactMap { field in
      guard wanted.contains(String(decoding: field.nameBytes, as: UTF8.self).lowercased()) else { return nil }
      return InternetMessageID(field.value).map { String($0.bare) }
    }
  }
}
