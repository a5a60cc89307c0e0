// What somebody who may not change connections asks an administrator for.

package import Foundation
import SMTP

/// A change of an entity's connection.
package struct Change: Sendable, Equatable, Codable {
  package enum Verb: String, Sendable, Codable, CaseIterable { case connect, disconnect }

  package var verb: Verb
  /// The entity's key.
  package var entity: String
  /// Of the mailbox that is to be connected, or that is connected and is to go.
  package var address: String
  /// Where a mailbox that is to be connected hands its mail over; an approval for one server is none for another. Empty
  /// for a disconnect.
  package var host: String

  package init(_ verb: Verb, entity: String, address: String, host: String = "") {
    self.verb = verb
    self.entity = entity
    self.address = address
    self.host = host.lowercased()
  }

  /// What connecting `mailbox` is.
  package init(connecting mailbox: Mailbox) {
    // The sandbox takes no server's word for where it is: an approval for a server must not fit it.
    let host = mailbox.provider == .sandbox ? Provider.sandbox.name : mailbox.server.host
    self.init(.connect, entity: mailbox.entity, address: mailbox.address.text, host: host)
  }

  /// Whoever reads its ``sentence`` reads what it is: no blank that could begin another one, nothing that steers a
  /// terminal. Ask it of what came over a socket.
  package var isPlain: Bool {
    verb == .disconnect || isWord(address, limit: 512) && isWord(host, limit: 255)
  }

  /// As people read it: `connect acme (office@acme.example through smtp.acme.example)`.
  package var sentence: String { "\(verb) \(entity) (\(mailbox))" }

  /// An address is the same in any spelling of its letters.
  package func isSame(as other: Change) -> Bool {
    verb == other.verb && entity == other.entity && address.lowercased() == other.address.lowercased()
      && host == other.host
  }

  var mailbox: String { host.isEmpty ? address : "\(address) through \(host)" }
}

private func isWord(_ text: String, limit: Int) -> Bool {
  Prose(text, limit: limit) != nil && !text.unicodeScalars.contains(where: \.properties.isWhitespace)
}

/// A request is **waiting** (filed), then **approved** or **denied** (decided, with who and when), and an approved one is
/// **used** by the one change it permits, in that change's own transaction, so that no power cut uses it without the
/// change or leaves it for a second one. An approval that nobody uses is **lapsed** after 7 days, by the clock alone.
package struct Request: Sendable, Equatable, Codable {
  package enum State: String, Sendable, Codable, CaseIterable { case waiting, approved, denied, used, lapsed }

  package let number: Int64
  package let change: Change
  package let person: Person
  package let justification: String
  package let filedAt: Date
  package let state: State
  package let decidedAt: Date?
  /// The administrator's name.
  package let decidedBy: String?
  /// Why it was denied.
  package let reason: String?

  package init(
    number: Int64, change: Change, person: Person, justification: String, filedAt: Date, state: State = .waiting,
    decidedAt: Date? = nil, decidedBy: String? = nil, reason: String? = nil
  ) {
    self.number = number
    self.change = change
    self.person = person
    self.justification = justification
    self.filedAt = filedAt
    self.state = state
    self.decidedAt = decidedAt
    self.decidedBy = decidedBy
    self.reason = reason
  }

  /// An approval is good for so long.
  package static let approvalSeconds: TimeInterval = 7 * 86_400
  /// So many requests of one user may wait.
  package static let waitingLimit = 10
}

/// On whose word a connection is changed.
package struct Mandate: Sendable, Equatable {
  package let person: Person
  /// The change uses up an approved request of this person's for just this change, or does not happen.
  package let needsApproval: Bool

  package init(_ person: Person, needsApproval: Bool = false) {
    self.person = person
    self.needsApproval = needsApproval
  }

  /// Of a command that works on the state directory itself.
  package static var ofThisProcess: Mandate { Mandate(.ofThisProcess) }
}

/// Why a request or a decision is not taken.
package enum RequestRefusal: Error, Equatable, Sendable {
  case tooManyWaiting
  case noSuch(Int64)
  case decided(Int64, Request.State)
  /// No approved, unused request for this change.
  case notApproved(Change)
}

/// One line of the audit list.
package struct AuditEntry: Sendable, Equatable, Codable {
  package enum Verb: String, Sendable, Codable, CaseIterable { case request, approve, deny, connect, disconnect }

  package let number: Int64
  package let at: Date
  package let person: Person
  package let verb: Verb
  package let entity: String
  package let detail: String

  package init(number: Int64, at: Date, person: Person, verb: Verb, entity: String, detail: String) {
    self.number = number
    self.at = at
    self.person = person
    self.verb = verb
    self.entity = entity
    self.detail = detail
  }
}
