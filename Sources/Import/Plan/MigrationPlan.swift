// What another system does, in Letterhead's terms: one value for all systems, from which PlanWriter makes the
// configuration, and what has become of each setting.

import Access
import Mailboxes

/// The configuration that takes a system's place.
package struct MigrationPlan: Sendable {
  package let system: ForeignSystem
  package internal(set) var entities: [PlannedEntity] = []
  /// In the end; until then they are in the ledger.
  package private(set) var findings: [ImportFinding] = []
  var ledger = ImportLedger()
  /// Mail that fits no entity is the first one's.
  var hasDefault = true
  var hostname: Sourced<String>?
  var listeners: [PlannedListener] = []
  var apps: [PlannedApp] = []
  var registrations: [PlannedRegistration] = []
  /// Of `[limits]`, in the order in which they are written.
  var limits: [PlannedLimit] = []
  /// Ports that are taken now and that Letterhead takes over when the old system has stopped.
  var switchedPorts: [SwitchedPort] = []

  init(_ system: ForeignSystem) {
    self.system = system
  }

  /// There is a mailbox in it.
  package var isUseful: Bool { !entities.isEmpty }

  /// 0: all was carried; 1: something was changed or left out; 2: nothing of it is of use.
  package var exitCode: Int32 {
    guard isUseful else { return 2 }
    return findings.allSatisfy { $0.kind == .carried } ? 0 : 1
  }

  /// Nothing more is said: each line of the old files is in one finding from now on.
  mutating func settle() { findings = ledger.settle(isUseful: isUseful) }
}

/// `[[listener]]`.
struct PlannedListener: Sendable {
  var host: String
  var port: Int
  /// The port that it takes over later, where something else holds that now.
  var wanted: Int?
  var allow: [Sourced<ClientNetwork>] = []
  var certificate: Sourced<String>?
  var key: Sourced<String>?
  /// TLS from the first octet; otherwise, with a certificate, by STARTTLS.
  var isTLS = false
  var requiresSignIn: SourceLine?
  /// Everything that comes in there is this entity's.
  var entityIndex: Int?
  let source: SourceLine?

  var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// `[app.NAME]`.
struct PlannedApp: Sendable {
  var name: String
  var match: [Sourced<String>] = []
  var signsIn: SourceLine?
  var senders: [Sourced<String>] = []
  /// Of the plan's entities.
  var entityIndex: Int?
}

/// `[oauth.PROVIDER]`.
struct PlannedRegistration: Sendable {
  let provider: String
  var clientID: String
  var tenant: Sourced<String>?
  var certificateFile: Sourced<String>?
  var keyFile: Sourced<String>?
  var needsSecretFile = false
  let source: SourceLine
}

/// A key of `[limits]`.
struct PlannedLimit: Sendable {
  enum Amount: Sendable {
    case number(Int)
    case text(String)
  }

  let name: String
  let amount: Amount
  let source: SourceLine
}

/// A listener's port that something else holds.
struct SwitchedPort: Sendable {
  /// What the old configuration says.
  let wanted: String
  /// Where Letterhead listens meanwhile.
  let meanwhile: String
}
