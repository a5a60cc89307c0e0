// Saved connections in memory, for tests of what works with them: an engine like any other, without a disk.

package import Foundation
package import Mailboxes
internal import Synchronization
internal import Platform

/// One database in memory. Any number of stores may share it, as processes share a file.
package final class InMemoryDirectory: DirectoryStorage {
  fileprivate struct Contents {
    var mailboxes: [String: MailboxRecord] = [:]
    var requests: [Int64: Request] = [:]
    var toldRequests: Set<Int64> = []
    var audit: [AuditEntry] = []
    var toldFaults: [String: Fault] = [:]
    var sendingRecords: [String: String] = [:]
    var leases: [Int64: RefreshLease] = [:]
    var apps = AppRecords()
    var holds: [String: EntityHold] = [:]
    var lastGeneration: Int64 = 0
    var lastTerm: Int64 = 0
    var version = 0
    var hearers: [AsyncStream<Void>.Continuation] = []
  }

  package let name = "memory"
  private let contents = Mutex(Contents())
  /// Has the key that the stores seal with.
  fileprivate let directory: TemporaryDirectory

  package init() throws { directory = try TemporaryDirectory() }

  package func snapshot() async throws(StoreError) -> DirectorySnapshot {
    contents.withLock {
      DirectorySnapshot(
        mailboxes: Array($0.mailboxes.values), apps: $0.apps, holds: Array($0.holds.values), version: $0.version)
    }
  }

  package func version() async throws(StoreError) -> Int { contents.withLock(\.version) }

  package func mailbox(of entity: String) async throws(StoreError) -> MailboxRecord? {
    contents.withLock { $0.mailboxes[entity] }
  }

  package func facts(of entity: String, for requester: String) async throws(StoreError) -> ConnectionFacts {
    contents.withLock { $0.facts(of: entity, for: requester) }
  }

  package func change<Answer: Sendable>(
    _ entity: String, for requester: String,
    _ decide: @escaping @Sendable (ConnectionFacts) throws(StoreError) -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer {
    try contents.withLock { contents throws(StoreError) in
      let decision = try decide(contents.facts(of: entity, for: requester))
      contents.write(decision.change)
      return decision.answer
    }
  }

  package func setCondition(
    _ condition: ConditionRecord?, of entity: String, generation: Int64
  ) async throws(StoreError) -> Bool {
    contents.withLock { $0.update(entity, generation) { $0.condition = condition } }
  }

  package func record(_ use: SignInUseRecord, of entity: String, generation: Int64) async throws(StoreError) -> Bool {
    contents.withLock { $0.update(entity, generation) { $0 = $0.used(use) } }
  }

  package func change<Answer: Sendable>(
    request number: Int64,
    _ decide: @escaping @Sendable (Request?) throws(StoreError) -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer {
    try contents.withLock { contents throws(StoreError) in
      let decision = try decide(contents.requests[number])
      contents.write(decision.change)
      return decision.answer
    }
  }

  package func changeApps<Answer: Sendable>(
    _ decide: @escaping @Sendable (AppRecords) throws(StoreError) -> DirectoryDecision<Answer>
  ) async throws(StoreError) -> Answer {
    try contents.withLock { contents throws(StoreError) in
      var records = contents.apps
      records.mailboxSecret = contents.anySecret(besides: "")
      let decision = try decide(records)
      contents.write(decision.change)
      return decision.answer
    }
  }

  package func requests(of requester: String?, limit: Int) async throws(StoreError) -> [Request] {
    contents.withLock { contents in
      contents.sortedRequests.filter { requester == nil || $0.requester.key == requester }.suffix(limit)
    }
  }

  package func untoldRequests(limit: Int) async throws(StoreError) -> [Request] {
    contents.withLock { contents in
      let untold = contents.sortedRequests.filter { $0.state == .waiting && !contents.toldRequests.contains($0.number) }
      return Array(untold.prefix(limit))
    }
  }

  package func setTold(request number: Int64) async throws(StoreError) {
    _ = contents.withLock { $0.toldRequests.insert(number) }
  }

  package func audit(of entity: String?, limit: Int) async throws(StoreError) -> [AuditEntry] {
    contents.withLock { contents in
      Array(contents.audit.reversed().filter { entity == nil || $0.entity == entity }.prefix(limit))
    }
  }

  package func toldFaults() async throws(StoreError) -> [String: Fault] { contents.withLock(\.toldFaults) }

  package func setTold(_ fault: Fault?, of entity: String) async throws(StoreError) {
    contents.withLock { $0.toldFaults[entity] = fault }
  }

  package func sendingRecord(of address: String) async throws(StoreError) -> String? {
    contents.withLock { $0.sendingRecords[address] }
  }

  package func setSendingRecord(_ text: String, of address: String) async throws(StoreError) {
    contents.withLock { $0.sendingRecords[address] = text }
  }

  package func changes() -> AsyncStream<Void> {
    let (stream, hearer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    contents.withLock { $0.hearers.append(hearer) }
    hearer.yield()
    return stream
  }

  package func leaseRefresh(
    of generation: Int64, by owner: String, until: Date, now: Date
  ) async throws(StoreError) -> RefreshLease? {
    contents.withLock { contents in
      if let end = contents.leases[generation]?.until, end > now { return nil }
      contents.lastTerm += 1
      let lease = RefreshLease(generation: generation, owner: owner, term: contents.lastTerm, until: until)
      contents.leases[generation] = lease
      return lease
    }
  }

  package func release(_ lease: RefreshLease) async {
    contents.withLock { contents in
      if contents.leases[lease.generation] == lease { contents.leases[lease.generation] = nil }
    }
  }
}

extension InMemoryDirectory.Contents {
  fileprivate var sortedRequests: [Request] { requests.values.sorted { $0.number < $1.number } }

  fileprivate func facts(of entity: String, for requester: String) -> ConnectionFacts {
    let secret = anySecret(besides: entity) ?? apps.credentials.lazy.compactMap(\.sealedSecret).first
    let open = sortedRequests.filter { $0.requester.key == requester && [.waiting, .approved].contains($0.state) }
    return ConnectionFacts(
      connected: mailboxes[entity], hold: holds[entity], openRequests: open, otherSecret: secret,
      nextGeneration: lastGeneration + 1, nextRequest: Int64(requests.count) + 1)
  }

  fileprivate func anySecret(besides entity: String) -> SealedSecret? {
    let other = mailboxes.values.first { $0.entity != entity && !$0.secrets.isEmpty }
    return other.flatMap { other in
      other.secrets.first.map { SealedSecret($0.value, name: SecretName(entity: other.entity, field: $0.key)) }
    }
  }

  private mutating func write(_ effect: DirectoryChange.Effect) {
    switch effect {
    case .none: break
    case .connects(let record): (mailboxes[record.entity], lastGeneration) = (record, record.generation)
    case .disconnects(let entity): mailboxes[entity] = nil
    case .setsCredential(let record): apps.credentials = apps.credentials.filter { $0.app != record.app } + [record]
    case .revokesCredential(let app): apps.credentials.removeAll { $0.app == app }
    case .approvesApp(let app): apps.approved = apps.approved.filter { $0.name != app.name } + [app]
    case .withdrawsApproval(let app): apps.approved.removeAll { $0.name == app }
    case .deniesSender(let sender): apps.denied = apps.denied.filter { $0.key != sender.key } + [sender]
    case .allowsSender(let key): apps.denied.removeAll { $0.key == key }
    case .holds(let hold): holds[hold.entity] = hold
    case .releases(let entity): holds[entity] = nil
    }
  }

  fileprivate mutating func write(_ change: DirectoryChange?) {
    guard let change else { return }
    write(change.effect)
    if let request = change.request { requests[request.number] = request }
    let entry = change.audit
    audit.append(
      AuditEntry(
        number: Int64(audit.count) + 1, at: entry.at, requester: entry.requester, verb: entry.verb,
        entity: entry.entity, detail: entry.detail))
    tellHearers()
  }

  fileprivate mutating func update(
    _ entity: String, _ generation: Int64, _ change: (inout MailboxRecord) -> Void
  ) -> Bool {
    guard var record = mailboxes[entity], record.generation == generation else { return false }
    change(&record)
    mailboxes[entity] = record
    tellHearers()
    return true
  }

  private mutating func tellHearers() {
    version += 1
    hearers.removeAll { if case .terminated = $0.yield() { true } else { false } }
  }
}

extension MailboxStore {
  /// A store on connections in memory: new ones, or those that another store has too.
  package static func inMemory(
    _ storage: InMemoryDirectory? = nil, entities: [Entity], providers: Providers = Providers()
  ) throws -> MailboxStore {
    let storage = try storage ?? InMemoryDirectory()
    let directory = try StateDirectory(preparing: storage.directory.path)
    return MailboxStore(
      storage, vault: Vault(in: directory, credentials: nil), stateDirectory: directory.path, entities: entities,
      providers: providers)
  }
}
