// By what a message is found: its Message-ID, what the provider calls it, and its addresses. A row keeps a short hash of
// each, so that a search reads no row in full but those that it finds.

import Message
import SMTP

extension HistoryEntry {
  /// In lower case, without brackets.
  package var keys: [String] { named.map { HistoryKey.normal($0) } }

  /// Four octets for each key.
  package var marks: [UInt8] {
    var marks: [UInt8] = []
    marks.reserveCapacity(4 * (recipients.count + providerIDs.count + 2))
    for text in named { HistoryKey.addMark(of: text, to: &marks) }
    return marks
  }

  fileprivate var addresses: [String] { recipients.compactMap(\.address) + [sender].compactMap(\.self) }

  private var named: [String] {
    var texts = recipients.compactMap(\.address) + providerIDs
    if let messageID { texts.append(messageID.description) }
    if let sender, sender != "<>" { texts.append(sender) }
    return texts
  }
}

extension ListedMessage {
  fileprivate var addresses: [String] { envelope.recipients.map(\.text) + [envelope.sender?.text].compactMap(\.self) }

  var keys: [String] {
    (addresses + [messageID?.description].compactMap(\.self)).map { HistoryKey.normal($0) }
  }
}

/// What a person asks for.
package struct TraceQuery: Sendable, Equatable {
  /// As it was typed.
  package let text: String
  /// `nil`: it cannot be one of our numbers.
  package let id: MessageID?
  let target: TraceTarget
  /// For rows that only keep domains, the domain of what may be an address.
  let domain: String?

  package init(_ text: String) {
    self.text = text
    id = MessageID(text)
    let typed = HistoryKey.normal(text)
    let asMessageID = InternetMessageID(text.utf8).map { HistoryKey.normal($0.description) }
    let keys: [String] = [typed, asMessageID].compactMap(\.self).filter { !$0.isEmpty }.reduce(into: []) { keys, key in
      if !keys.contains(key) { keys.append(key) }
    }
    let isBracketed = text.utf8.first == UInt8(ascii: "<")
    let isDomain = typed.utf8.first == UInt8(ascii: "@") && typed.utf8.count > 1
    domain = isBracketed || isDomain ? nil : typed.lastIndex(of: "@").map { String(typed[$0...]) }
    target = text.isEmpty ? .all : isDomain ? .domain(typed) : .keys(keys)
  }

  /// It may be an address.
  package var isAddress: Bool { domain != nil }

  /// What a person reads at once.
  var mostShown: Int { if case .keys = target { 20 } else { 50 } }
}

/// Which messages a search is for.
enum TraceTarget: Sendable, Equatable {
  /// Every one.
  case all
  /// From or to anybody there; begins with the `@`.
  case domain(String)
  /// How what was typed may stand among the keys of a message.
  case keys([String])

  func isMet(by message: ListedMessage) -> Bool {
    switch self {
    case .all: true
    case .domain(let domain): message.addresses.contains { HistoryKey.normal($0).hasSuffix(domain) }
    case .keys(let keys): message.keys.contains(where: keys.contains)
    }
  }

  func isMet(by entry: HistoryEntry) -> Bool {
    switch self {
    case .all: true
    case .domain(let domain): entry.addresses.contains { HistoryKey.normal($0).hasSuffix(domain) }
    case .keys(let keys): entry.keys.contains(where: keys.contains)
    }
  }
}

/// How keys are compared: without the case of ASCII letters, and without brackets.
package enum HistoryKey {
  static func normal(_ text: String) -> String { String(decoding: bare(text.utf8).map(\.lowercased), as: UTF8.self) }

  package static func mark(of text: String) -> [UInt8] {
    var mark: [UInt8] = []
    addMark(of: text, to: &mark)
    return mark
  }

  /// FNV-1a: no secret, and the same in each process.
  static func addMark(of text: String, to marks: inout [UInt8]) {
    var hash: UInt32 = 0x811C_9DC5
    for octet in bare(text.utf8) { hash = (hash ^ UInt32(octet.lowercased)) &* 0x0100_0193 }
    withUnsafeBytes(of: hash.bigEndian) { marks.append(contentsOf: $0) }
  }

  private static func bare(_ text: String.UTF8View) -> Substring.UTF8View {
    let whole = text[text.startIndex...]
    guard whole.first == UInt8(ascii: "<"), whole.last == UInt8(ascii: ">"), whole.count > 2 else { return whole }
    return whole.dropFirst().dropLast()
  }
}
