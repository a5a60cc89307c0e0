// What can be done to an entity's connection, and asked for by whoever may not do it.

import SMTP

/// A change of an entity's connection.
package struct ConnectionChange: Sendable, Equatable, Codable {
  package enum Verb: String, Sendable, Codable, CaseIterable { case connect, disconnect }

  package var verb: Verb
  /// The entity's key.
  package var entity: String
  /// Of the mailbox that is to be connected or disconnected.
  package var address: String
  /// The server of a mailbox that is to be connected: an approval for one server is none for another. Empty for a
  /// disconnect.
  package var host: String

  package init(_ verb: Verb, entity: String, address: String, host: String = "") {
    self.verb = verb
    self.entity = entity
    self.address = address
    self.host = host.lowercased()
  }

  /// The change that connects `mailbox`.
  package init(connecting mailbox: Mailbox) {
    // A sandbox's mailbox names any host; an approval for a real server must not fit it.
    let host = mailbox.provider == .sandbox ? Provider.sandbox.name : mailbox.server.host
    self.init(.connect, entity: mailbox.entity, address: mailbox.address.text, host: host)
  }

  /// Whether the ``sentence`` can be shown as it is: address and host have no blank, with which they could look like
  /// another sentence, and nothing that controls a terminal. For changes that come over a socket.
  package var isPlain: Bool {
    verb == .disconnect || isWord(address, limit: 512) && isWord(host, limit: 255)
  }

  /// As people read it: `connect acme (office@acme.example through smtp.acme.example)`.
  package var sentence: String { "\(verb) \(entity) (\(mailbox))" }

  /// An address is the same in any spelling of its letters.
  package func isSame(as other: ConnectionChange) -> Bool {
    verb == other.verb && entity == other.entity && address.lowercased() == other.address.lowercased()
      && host == other.host
  }

  var mailbox: String { host.isEmpty ? address : "\(address) through \(host)" }
}

private func isWord(_ text: String, limit: Int) -> Bool {
  PlainText(text, limit: limit) != nil && !text.unicodeScalars.contains(where: \.properties.isWhitespace)
}
