// A claim on a message as the storage keeps it, so that every process that opens the storage sees it.

/// One process that opened the storage and may hold leases, by a number drawn when it did.
package struct LeaseOwner: Hashable, Sendable {
  package let rawValue: Int64

  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The right to try one message once.
package struct Lease: Equatable, Sendable {
  package let owner: LeaseOwner
  /// The message's due time while it is leased. From then on another owner may lease it; this owner may still settle it
  /// as long as nobody has.
  package let until: Timestamp
  /// Counts the leases of this message. A settlement that names an earlier term than the message's comes from an owner
  /// that has lost its lease, and changes nothing.
  package let term: Int64

  package init(owner: LeaseOwner, until: Timestamp, term: Int64) {
    self.owner = owner
    self.until = until
    self.term = term
  }
}

/// Why a settlement changed nothing.
package enum LeaseLoss: Equatable, Sendable {
  /// Another owner has leased the message since.
  case leasedByAnother
  /// There is no such message any more: a person deleted it.
  case messageGone
}
