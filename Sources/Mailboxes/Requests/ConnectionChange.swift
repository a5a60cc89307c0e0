// What can be done to an entity's connection, and asked for by whoever may not do it.

import Foundation
import SMTP

/// A change of an entity's connection: all of it, but for its secrets.
package struct ConnectionChange: Sendable, Equatable {
  package enum Verb: String, Sendable, Codable, CaseIterable { case connect, disconnect }

  package var verb: Verb
  /// The entity's key.
  package var entity: String
  /// Of the mailbox that is to be connected or disconnected.
  package var address: String
  /// The server of a mailbox that is to be connected. Empty for a disconnect.
  package var host: String
  /// Everything else about a mailbox that is to be connected: an approval for one port, user name or token endpoint is none
  /// for another. Empty for a disconnect, and in a request that an earlier version has filed: that fits no mailbox.
  package var terms: [ConnectionTerm: String]

  package init(
    _ verb: Verb, entity: String, address: String, host: String = "", terms: [ConnectionTerm: String] = [:]
  ) {
    self.verb = verb
    self.entity = entity
    self.address = address
    self.host = host.lowercased()
    self.terms = terms
  }

  /// The change that connects `mailbox`. Its secrets may be missing yet.
  package init(connecting mailbox: Mailbox) {
    // A sandbox's mailbox names any host; an approval for a real server must not fit it.
    let host = mailbox.provider == .sandbox ? Provider.sandbox.name : mailbox.server.host
    self.init(
      .connect, entity: mailbox.entity, address: mailbox.address.text, host: host, terms: mailbox.terms)
  }

  /// Whether the ``sentence`` can be shown as it is: address and host have no blank, with which they could look like
  /// another sentence, and nothing in it controls a terminal. For changes that come over a socket.
  package var isPlain: Bool {
    verb == .disconnect
      || isWord(address, limit: 512) && isWord(host, limit: 255)
        && terms.values.allSatisfy { PlainText($0, limit: 4000) != nil }
  }

  /// As people read it: `connect acme (office@acme.example through smtp.acme.example provider=smtp port=465 …)`.
  package var sentence: String { "\(verb) \(entity) (\(mailbox))" }

  /// The relay reads a file or runs a program of this host, as its own user, that the change names.
  package var namesLocalProof: Bool { terms[.assertionFile] != nil || terms[.secretCommand] != nil }

  package func isSame(as other: ConnectionChange) -> Bool {
    verb == other.verb && entity == other.entity && differences(from: other).isEmpty
  }

  /// What is other about the mailbox than in `approved`. An address is the same in any spelling of its letters.
  package func differences(from approved: ConnectionChange) -> [ConnectionDifference] {
    var all: [ConnectionDifference] = []
    if address.lowercased() != approved.address.lowercased() {
      all.append(ConnectionDifference(part: "address", approved: approved.address, wanted: address))
    }
    if host != approved.host { all.append(ConnectionDifference(part: "host", approved: approved.host, wanted: host)) }
    return all
      + ConnectionTerm.allCases.filter { terms[$0] != approved.terms[$0] }.map {
        ConnectionDifference(part: $0.rawValue, approved: approved.terms[$0] ?? "", wanted: terms[$0] ?? "")
      }
  }

  var mailbox: String {
    let parts = ConnectionTerm.allCases.compactMap { term in terms[term].map { "\(term.rawValue)=\(shown($0))" } }
    return ([host.isEmpty ? address : "\(address) through \(host)"] + parts).joined(separator: " ")
  }
}

/// One part of a connection that is not as it was approved.
package struct ConnectionDifference: Sendable, Equatable {
  /// As people name it: "port", "token-url".
  package let part: String
  package let approved: String
  package let wanted: String

  package init(part: String, approved: String, wanted: String) {
    self.part = part
    self.approved = approved
    self.wanted = wanted
  }

  var sentence: String { "\(part) is \(named(approved)) there and \(named(wanted)) here" }

  private func named(_ value: String) -> String { value.isEmpty ? "not given" : shown(value) }
}

/// In quotes where it could look like more than one value.
private func shown(_ value: String) -> String {
  guard value.contains(where: { $0.isWhitespace || "\"=(),".contains($0) }) else { return value }
  return "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
}

private func isWord(_ text: String, limit: Int) -> Bool {
  PlainText(text, limit: limit) != nil && !text.unicodeScalars.contains(where: \.properties.isWhitespace)
}

extension ConnectionChange: Codable {
  private enum CodingKeys: String, CodingKey { case verb, entity, address, host, terms }

  package init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try object.decode(Verb.self, forKey: .verb), entity: try object.decode(String.self, forKey: .entity),
      address: try object.decode(String.self, forKey: .address), host: try object.decode(String.self, forKey: .host),
      terms: try Self.terms(named: object.decodeIfPresent([String: String].self, forKey: .terms) ?? [:]))
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(verb, forKey: .verb)
    try object.encode(entity, forKey: .entity)
    try object.encode(address, forKey: .address)
    try object.encode(host, forKey: .host)
    try object.encode(namedTerms, forKey: .terms)
  }

  /// By name, as they are stored and travel.
  package var namedTerms: [String: String] {
    Dictionary(uniqueKeysWithValues: terms.map { ($0.key.rawValue, $0.value) })
  }

  /// - Throws: `DamagedRecord` for a part that this version does not know, and could not compare.
  package static func terms(named: [String: String]) throws -> [ConnectionTerm: String] {
    var terms: [ConnectionTerm: String] = [:]
    for (name, value) in named {
      guard let term = ConnectionTerm(rawValue: name) else { throw DamagedRecord() }
      terms[term] = value
    }
    return terms
  }
}
