// The audit list: what was asked, decided and done to connections, and by whom.

package import Foundation

/// One line of the audit list.
package struct AuditEntry: Sendable, Equatable, Codable {
  package enum Verb: String, Sendable, Codable, CaseIterable { case request, approve, deny, connect, disconnect }

  package let number: Int64
  package let at: Date
  package let requester: Requester
  package let verb: Verb
  package let entity: String
  package let detail: String

  package init(number: Int64, at: Date, requester: Requester, verb: Verb, entity: String, detail: String) {
    self.number = number
    self.at = at
    self.requester = requester
    self.verb = verb
    self.entity = entity
    self.detail = detail
  }

  private enum CodingKeys: String, CodingKey {
    case number, at, verb, entity, detail
    case requester = "person"
  }
}
