// The state of the relay at one moment, in the words that monitoring reads.

package import Foundation
package import Mailboxes

/// The content of the status file. Its keys and states must not change: other people's scripts depend on them.
package struct Snapshot: Codable, Equatable, Sendable {
  package enum State: String, Codable, Sendable {
    case ok, degraded, error
  }

  package var schema = 1
  package var version: String
  package var pid: Int32
  package var startedAt: Date
  package var updatedAt: Date
  /// The relay has ended in order. `nil`: it runs, or has ended without a word.
  package var stoppedAt: Date?
  package var state: State
  package var errorFlag: Bool
  /// Mail is accepted. A mailbox that is out of order does not matter here: its mail is kept.
  package var ready: Bool
  package var entities: [String: EntityStatus]
  /// What is no mailbox's matter.
  package var problems: [RelayProblem]
  /// By name.
  package var apps: [String: AppStatus]

  /// Derives `state` and `errorFlag`: `error` if an entity is in error or mail is refused, else `degraded` if an entity is
  /// or there is any other problem.
  package init(
    version: String, pid: Int32, startedAt: Date, updatedAt: Date, entities: [String: EntityStatus],
    problems: [RelayProblem] = [], apps: [String: AppStatus] = [:]
  ) {
    self.version = version
    self.pid = pid
    self.startedAt = startedAt
    self.updatedAt = updatedAt
    self.entities = entities
    self.problems = problems
    self.apps = apps
    self.errorFlag = entities.values.contains { $0.state == .error }
    let isClosed = problems.contains(where: \.class.stopsAccepting)
    self.ready = !isClosed
    let isDegraded = !problems.isEmpty || entities.values.contains(where: \.isDegraded)
    self.state = errorFlag || isClosed ? .error : isDegraded ? .degraded : .ok
  }
}

extension Snapshot {
  /// The part that concerns one entity, in the same form: its state follows from that entity, and from whether mail is
  /// accepted. `nil`: there is no such entity.
  package func part(of key: String) -> Snapshot? {
    guard let entity = entities[key] else { return nil }
    var part = Snapshot(
      version: version, pid: pid, startedAt: startedAt, updatedAt: updatedAt, entities: [key: entity],
      problems: problems)
    part.ready = ready
    return part
  }
}

/// One app's part of the status file. What is no day's count is counted since the relay was started.
package struct AppStatus: Codable, Equatable, Sendable {
  package var accepted: Int
  /// Of the accepted, those that were held at once: for a limit, a storm, or the app's mode.
  package var held: Int
  package var refused: Int
  /// Answered with 250 and dropped, by `dedupe`.
  package var duplicates: Int
  /// In the last 24 hours.
  package var messagesToday: Int
  package var recipientsToday: Int
  /// `nil`: it has sent nothing since the relay was started.
  package var lastSeen: Date?
  /// Who it was then: `uid 1004, erp.service`.
  package var identity: String?

  package init(
    accepted: Int = 0, held: Int = 0, refused: Int = 0, duplicates: Int = 0, messagesToday: Int = 0,
    recipientsToday: Int = 0, lastSeen: Date? = nil, identity: String? = nil
  ) {
    self.accepted = accepted
    self.held = held
    self.refused = refused
    self.duplicates = duplicates
    self.messagesToday = messagesToday
    self.recipientsToday = recipientsToday
    self.lastSeen = lastSeen
    self.identity = identity
  }

  /// Written by hand so that a missing value is written as `null`.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(accepted, forKey: .accepted)
    try container.encode(held, forKey: .held)
    try container.encode(refused, forKey: .refused)
    try container.encode(duplicates, forKey: .duplicates)
    try container.encode(messagesToday, forKey: .messagesToday)
    try container.encode(recipientsToday, forKey: .recipientsToday)
    try container.encode(lastSeen, forKey: .lastSeen)
    try container.encode(identity, forKey: .identity)
  }
}

/// One entity's part of the status file.
package struct EntityStatus: Codable, Equatable, Sendable {
  package enum State: String, Codable, CaseIterable, Sendable {
    case disconnected, connected, paused, error
  }
  package struct Queue: Codable, Equatable, Sendable {
    /// All messages that wait. `held`, `deferred` and `unknown` are included, `filing` and `failed` are not.
    package var queued = 0
    package var held = 0
    package var deferred = 0
    /// Perhaps taken by the provider: no answer came.
    package var unknown = 0
    /// Delivered, and kept until their copy lies in the mailbox's folder of sent messages.
    package var filing = 0
    package var failed = 0
    /// The age of the oldest message that waits; 0 when none waits.
    package var oldestSeconds = 0

    package init(
      queued: Int = 0, held: Int = 0, deferred: Int = 0, unknown: Int = 0, filing: Int = 0, failed: Int = 0,
      oldestSeconds: Int = 0
    ) {
      self.queued = queued
      self.held = held
      self.deferred = deferred
      self.unknown = unknown
      self.filing = filing
      self.failed = failed
      self.oldestSeconds = oldestSeconds
    }
  }
  /// Something that a person must do before a certain day, and that stops no mail until then.
  package struct Warning: Codable, Equatable, Sendable {
    package var summary: String
    package var remedy: String
    package var expires: Date

    package init(summary: String, remedy: String, expires: Date) {
      self.summary = summary
      self.remedy = remedy
      self.expires = expires
    }
  }
  /// Why a mailbox that works sends less than it might, and until when as far as that is known.
  package struct Slowed: Codable, Equatable, Sendable {
    package var summary: String
    package var until: Date

    package init(summary: String, until: Date) {
      self.summary = summary
      self.until = until
    }
  }
  package struct Totals: Codable, Equatable, Sendable {
    package var accepted = 0
    package var delivered = 0
    package var failed = 0

    package init(accepted: Int = 0, delivered: Int = 0, failed: Int = 0) {
      self.accepted = accepted
      self.delivered = delivered
      self.failed = failed
    }
  }

  package var name: String
  package var state: State
  package var address: String?
  package var provider: String?
  /// smtp, graph, gmail-api or sandbox.
  package var transport: String?
  /// Who files copies of what is sent: provider, append or none; `nil`: nobody has found out.
  package var sentCopies: String?
  package var error: Fault?
  package var pausedUntil: Date?
  /// `nil` where it sends as fast as it may, and where something graver is told.
  package var slowed: Slowed?
  package var warnings: [Warning]
  package var queue: Queue
  package var totals: Totals
  package var lastDeliveredAt: Date?

  package init(
    name: String, state: State, address: String? = nil, provider: String? = nil,
    transport: String? = nil, sentCopies: String? = nil, error: Fault? = nil, pausedUntil: Date? = nil,
    slowed: Slowed? = nil,
    warnings: [Warning] = [],
    queue: Queue = Queue(), totals: Totals = Totals(),
    lastDeliveredAt: Date? = nil
  ) {
    self.name = name
    self.state = state
    self.address = address
    self.provider = provider
    self.transport = transport
    self.sentCopies = sentCopies
    self.error = error
    self.pausedUntil = pausedUntil
    self.slowed = slowed
    self.warnings = warnings
    self.queue = queue
    self.totals = totals
    self.lastDeliveredAt = lastDeliveredAt
  }

  /// The entity is disconnected and mail waits, or it is paused, or mail is deferred and waits for over 15 minutes.
  var isDegraded: Bool {
    switch state {
    case .disconnected: queue.queued > 0
    case .paused: true
    case .connected, .error: queue.deferred > 0 && queue.oldestSeconds > 15 * 60
    }
  }

  /// Written by hand so that a missing value is written as `null`: readers always find every key.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(state, forKey: .state)
    try container.encode(address, forKey: .address)
    try container.encode(provider, forKey: .provider)
    try container.encode(transport, forKey: .transport)
    try container.encode(sentCopies, forKey: .sentCopies)
    try container.encode(error, forKey: .error)
    try container.encode(pausedUntil, forKey: .pausedUntil)
    try container.encode(slowed, forKey: .slowed)
    try container.encode(warnings, forKey: .warnings)
    try container.encode(queue, forKey: .queue)
    try container.encode(totals, forKey: .totals)
    try container.encode(lastDeliveredAt, forKey: .lastDeliveredAt)
  }
}

extension Snapshot {
  /// JSON with snake_case keys and dates as `2026-11-22T08:03:05Z`.
  package func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Earlier versions wrote no `problems`, no `apps` and no `ready`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    schema = try container.decode(Int.self, forKey: .schema)
    version = try container.decode(String.self, forKey: .version)
    pid = try container.decode(Int32.self, forKey: .pid)
    startedAt = try container.decode(Date.self, forKey: .startedAt)
    updatedAt = try container.decode(Date.self, forKey: .updatedAt)
    stoppedAt = try container.decodeIfPresent(Date.self, forKey: .stoppedAt)
    state = try container.decode(State.self, forKey: .state)
    errorFlag = try container.decode(Bool.self, forKey: .errorFlag)
    entities = try container.decode([String: EntityStatus].self, forKey: .entities)
    problems = try container.decodeIfPresent([RelayProblem].self, forKey: .problems) ?? []
    apps = try container.decodeIfPresent([String: AppStatus].self, forKey: .apps) ?? [:]
    let isReady = try container.decodeIfPresent(Bool.self, forKey: .ready)
    ready = isReady ?? !problems.contains(where: \.class.stopsAccepting)
  }

  /// Reads what `json()` has written. Unknown keys of a newer version are ignored.
  package init(json: Data) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.dateDecodingStrategy = .custom { try Date(wholeSecondsFrom: $0) }
    self = try decoder.decode(Snapshot.self, from: json)
  }
}

extension Date {
  /// The file has whole seconds. A fraction that somebody else wrote would say another time when it is written again.
  fileprivate init(wholeSecondsFrom decoder: any Decoder) throws {
    let date = try Date(String(from: decoder), strategy: .iso8601)
    self.init(timeIntervalSinceReferenceDate: date.timeIntervalSinceReferenceDate.rounded(.down))
  }
}

extension EntityStatus.Queue {
  /// `unknown` and `filing` are missing in the file of an earlier version.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      queued: try container.decode(Int.self, forKey: .queued), held: try container.decode(Int.self, forKey: .held),
      deferred: try container.decode(Int.self, forKey: .deferred),
      unknown: try container.decodeIfPresent(Int.self, forKey: .unknown) ?? 0,
      filing: try container.decodeIfPresent(Int.self, forKey: .filing) ?? 0,
      failed: try container.decode(Int.self, forKey: .failed),
      oldestSeconds: try container.decode(Int.self, forKey: .oldestSeconds))
  }
}
