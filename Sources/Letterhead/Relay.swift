// Makes the parts, runs them, and stops them in order. What each does is told where it lives.
//
// Order of starting: the state (spool, connections), then listeners, then delivery: nothing is accepted that
// could not be kept, and apps never wait for a provider. Order of stopping: admin socket, listeners and delivery
// together, status and alerts, state.

import Access
import Control
import Delivery
import Foundation
import HTTP
import Logging
package import Logs
import Mailboxes
import OAuth
package import Platform
package import Sockets
import Spool
import Status
import StorageSQLite
import Submission

/// One relay: `serve` makes it and runs it until a signal ends it.
package final class Relay: Sendable {
  private let log: Logger
  private let logOutput: LogOutput
  private let configuration: AtomicBox<Configuration>
  private let directory: AtomicBox<Directory>
  /// As the configuration says it, with what administrators have decided here: read anew for each message, so that a
  /// decision holds as soon as it is saved.
  private let rules: @Sendable () -> AccessRules
  private let traffic: AppTraffic
  private let signIns: AppSignIns
  private let spool: Spool
  private let mailboxes: MailboxStore
  private let frontLoop = EventLoop(name: "front")
  private let backLoop = EventLoop(name: "back")
  /// Long listings must not keep apps waiting.
  private let adminLoop = EventLoop(name: "admin")
  /// What the relay does now and then has one thread. A task on the threads of Swift's runtime wakes several of them, more on
  /// a host with more cores.
  private let upkeepLoop = EventLoop(name: "upkeep")
  /// Copies of what was sent go into mailboxes beside all sending.
  private let filingLoop = EventLoop(name: "filing")
  private let http: HTTPClient
  private let listeners: ListenerSet
  private let drop: DropService
  private let deliveries: QueueSupervisor
  private let status: StatusBoard
  private let health: RelayHealth
  /// `nil`: there can be no lock, because the status file cannot be written either; that is logged.
  private let statusLock: StatusFileLock?
  private let expiryWatch: ExpiryWatch
  private let alerts: Alerts
  private let connector: MailboxConnector
  private let supervision: Supervision
  private let time = SystemTime()
  /// What deliveries follow: who is connected, and whether the sandbox is wanted.
  private let (updates, update) = AsyncStream.makeStream(of: Directory.self, bufferingPolicy: .bufferingNewest(1))

  /// Opens the state. Nothing listens and nothing is sent yet.
  /// - Throws: `SpoolError`, `StoreError`: what is wrong with `state_dir`. `TooFewDescriptors`. `StatusFileError`: another
  ///   relay writes the status file.
  ///
  /// - Parameters:
  ///   - acceptsLoss: begins anew where the queue or the connections are lost, or the queue is beyond repair; otherwise that
  ///     is thrown.
  ///   - inherited: sockets that the service manager has opened for this process.
  ///   - manager: who is told how the relay fares.
  ///   - output: follows the configuration at a reload.
  package init(
    _ configuration: Configuration, acceptsLoss: Bool = false,
    inheriting inherited: InheritedSockets = InheritedSockets(), supervisedBy manager: ServiceManager? = nil,
    logTo output: LogOutput
  ) async throws {
    let log = output.logger
    Hardening.apply()
    try Hardening.requireDescriptors()
    let spool = try Self.openSpool(of: configuration, acceptsLoss: acceptsLoss, log: log)
    statusLock = try Self.lock(configuration.statusFile)
    health = RelayHealth(after: (try? StatusFile(path: configuration.statusFile).read().problems) ?? [])
    mailboxes = try SQLiteStorage.openMailboxes(of: configuration, acceptsLoss: acceptsLoss, log: log)
    let directory = AtomicBox(try await mailboxes.load())
    let current = AtomicBox(configuration)
    let questions = OpenQuestionBoard()
    let metrics = MetricsComposer(of: spool)
    expiryWatch = ExpiryWatch { warning, entity in
      log.tell(.expiresSoon, [.entity: entity, .reason: warning.summary, .remedy: warning.remedy])
    }
    let rules: @Sendable () -> AccessRules = { [mailboxes] in current.value.access.decided(by: mailboxes.apps) }
    let present: @Sendable () -> SendingRules = { SendingRules(rules(), over: directory.value) }
    let traffic = AppTraffic { [health] app, sentence in health.noteHeldMail(of: app, sentence) }
    if let record = try? await mailboxes.sendingRecord(of: Self.trafficKey, as: String.self) { traffic.restore(record) }
    status = StatusBoard(
      metrics: metrics, spool: spool, health: health, questions: questions, directory: { directory.value },
      configuration: { current.value }, apps: { traffic.status(of: rules().apps, at: $0) }, time: time, log: log)
    signIns = AppSignIns(registry: { [mailboxes] in mailboxes.apps }, apps: { rules().apps }, time: time)
    let intake = SpoolIntake(
      spool: spool, hostname: configuration.hostname, traffic: traffic, counters: metrics.submission,
      maximumOctets: { metrics.delivery.all[$0]?.maximumOctets }, rules: present)
    let access = ListenerAccess(lookup: ClientLookup(time: time), signIns: signIns, rules: present)
    listeners = ListenerSet(
      loop: frontLoop, intake: intake, access: access, counters: metrics.submission, inheriting: inherited,
      configuration: configuration, log: log)
    drop = DropService(configuration, DropIntake(intake, access, SubmissionContext(configuration, log: log)), log: log)
    http = HTTPClient(proxy: configuration.network.proxy)
    let transports = TransportFactory(configuration, over: http, loop: backLoop, entities: { current.value.entities })
    let refreshHelper = RefreshHelper(proxy: configuration.network.proxy, log: log)
    connector = MailboxConnector(
      store: mailboxes, in: ConnectionTestEnvironment(transports, loop: backLoop, hostname: configuration.hostname),
      over: http, refreshHelper: refreshHelper)
    deliveries = QueueSupervisor(
      DeliveryContext(
        spool: spool, store: mailboxes, hostname: configuration.hostname, time: time, executor: backLoop, log: log,
        questions: questions, counters: metrics.delivery,
        filing: transports.filing(on: filingLoop, in: mailboxes, helper: refreshHelper, counters: metrics.delivery),
        transport: transports.saved(in: mailboxes, helper: refreshHelper, counters: metrics.delivery)),
      maximumAge: configuration.limits.queueMaxAge)
    alerts = Alerts(
      store: mailboxes, spool: spool, health: health, configuration: { current.value },
      directory: { directory.value }, time: time, log: log)
    self.configuration = current
    self.directory = directory
    self.rules = rules
    self.traffic = traffic
    self.spool = spool
    supervision = Supervision(manager)
    (self.log, logOutput) = (log, output)
  }

  private static func openSpool(
    of configuration: Configuration, acceptsLoss: Bool, log: Logger
  ) throws -> Spool {
    let spool = try SQLiteStorage.openSpool(
      directory: configuration.stateDirectory, minimumFree: Int64(configuration.limits.queueMinFree),
      descriptorLimit: DescriptorLimit.bodies, hasRun: Instance.isStored(in: configuration.stateDirectory),
      acceptsLoss: acceptsLoss, log: log)
    spool.setHistory(configuration.history)
    Backup.removeLeftovers(in: configuration.stateDirectory)
    if !acceptsLoss { try spool.requireConnections(in: configuration.stateDirectory) }
    return spool
  }

  private static func lock(_ statusFile: String) throws(StatusFileError) -> StatusFileLock? {
    do throws(StatusFileError) { return try StatusFileLock(on: statusFile) } catch {
      if case .inUse = error { throw error }
      return nil
    }
  }

  /// Serves until `signals` ask for the end, then stops in order, in about ten seconds at most.
  /// - Throws: `ListenerOpeningError` at once when a listener cannot be opened.
  package func run(until signals: AsyncStream<RelaySignal>) async throws {
    let loops = [frontLoop, backLoop, adminLoop]
    let all = loops + [upkeepLoop, filingLoop]
    for loop in all { loop.start() }
    defer { for loop in all { loop.stop() } }
    if let failure = await listeners.follow(configuration.value).first {
      await listeners.closeAll()
      await spool.close()
      throw failure
    }
    log.tell(.started, [.version: Version.current, .pid: "\(getpid())"])
    supervision.ready()
    let delivering = backLoop.start { [deliveries, updates] in await deliveries.run(following: updates) }
    let admin = openAdmin()
    if let admin { adminLoop.start { [adminLoop] in await admin.run(on: adminLoop) } }
    await upkeepLoop.run {
      await withDiscardingTaskGroup { group in
        beginUpkeep(in: &group)
        // Where this loop waits for a disk that does not answer, mail may flow all the same.
        group.addTask(executorPreference: globalConcurrentExecutor) {
          await self.supervision.watch(loops, by: self.time)
        }
        await stop(admin, delivering, askedBy: await obey(signals))
        group.cancelAll()
      }
    }
    status.noteStopped()
    await spool.close()
    http.close()
    log.tell(.stopped)
  }

  /// All of it lasts until it is cancelled.
  private func beginUpkeep(in group: inout DiscardingTaskGroup) {
    group.addTask { await self.status.run(showing: self.supervision.show) }
    group.addTask { await self.alerts.run() }
    group.addTask { await self.followMailboxes() }
    group.addTask { await self.followProblems() }
    group.addTask { await self.watchExpiries() }
    group.addTask { await self.drop.run() }
    group.addTask { await self.lookNowAndThen() }
  }

  private func stop(_ admin: AdminServer?, _ delivering: Task<Void, Never>, askedBy sender: SignalSender?) async {
    log.tell(.stopping, sender?.fields ?? [:])
    async let recorded: Void = record(.stop, by: sender)
    status.noteStopping()
    supervision.stopping()
    // Nobody waits for a connect that is being tested: the store has all of it or nothing.
    admin?.close()
    // Side by side: a client and a provider that both stall cost ten seconds and not twenty. What is accepted
    // meanwhile is on disk, and goes out after the next start.
    update.finish()
    async let closed: Void = listeners.closeAll()
    await delivering.value
    await closed
    await recorded
  }

  /// - Returns: who wants the relay to end.
  private func obey(_ signals: AsyncStream<RelaySignal>) async -> SignalSender? {
    for await signal in signals {
      switch signal.order {
      case .stop: return signal.sender
      case .reload: await reload(askedBy: signal.sender)
      }
    }
    return nil
  }

  private func record(_ verb: AuditEntry.Verb, by sender: SignalSender?) async {
    guard let sender else { return }
    do throws(StoreError) {
      try await mailboxes.note(verb, "asked by \(sender.sentence)", of: "", by: sender.requester)
    } catch {
      log.tell(.auditFailed, [.act: verb.rawValue, .reason: "\(error)"] + sender.fields)
    }
  }

  /// Everybody who needs to know who is connected learns it here, whichever process changed it.
  private func followMailboxes() async {
    for await newest in await mailboxes.changes() {
      log.changes(from: directory.value, to: newest)
      directory.replace(with: newest)
      tellDeliveries()
      status.changed()
      alerts.changed()
    }
  }

  /// Mail that was put aside for the sandbox goes there, whatever its app is set to by now.
  private func tellDeliveries() {
    let usesSandbox =
      rules().usesSandbox || spool.counts.keys.contains { !SpoolKey.isEntity($0) && !SpoolKey.isPending($0) }
    update.yield(usesSandbox ? directory.value.withSandboxes() : directory.value)
  }

  private func followProblems() async {
    for await _ in health.changes { alerts.changed() }
  }

  /// Without it the relay serves all the same: mail must not stop for want of a socket for people.
  private func openAdmin() -> AdminServer? {
    let path = AdminServer.path(for: configuration.value)
    let service = ControlService(resources)
    do throws(ListenError) {
      return try AdminServer(
        path: path, service: service, administrators: { self.configuration.value.administrators(owner: geteuid()) },
        stateDirectory: configuration.value.stateDirectory, configuration: configuration.value.absoluteFile, log: log)
    } catch {
      log.tell(.adminSocketFailed, [.file: path, .reason: "\(error)"])
      return nil
    }
  }

  private var resources: ControlResources {
    var resources = ControlResources(
      mailboxes: mailboxes, spool: spool, connector: connector,
      settings: { ControlSettings(self.configuration.value) },
      status: { String(decoding: try self.status.snapshot(at: self.time.now).json(), as: UTF8.self) },
      requestFiled: { self.alerts.changed() }, lookAgain: { await self.deliveries.lookAgain(at: $0) }, log: log)
    resources.outlook = { await self.deliveries.outlook(of: $0) }
    resources.maximumOctets = { self.status.maximumOctets(of: $0) }
    resources.sessions = { await self.listeners.liveSessions }
    resources.appActivity = { await self.activity(of: $0) }
    resources.credentialsRevoked = { await self.listeners.end(sessionsOf: $0) }
    return resources
  }

  private func activity(of app: String) async -> AppActivity? {
    AppActivity(
      traffic.counters(of: app), traffic.use(by: app, at: time.now), lastSignIn: signIns.lastSignIn(of: app),
      sessions: await listeners.liveSessions.count { $0.app == app })
  }

  private func watchExpiries() async {
    while !Task.isCancelled {
      let (configuration, directory) = (configuration.value, directory.value)
      let expiries = directory.entities.flatMap { configuration.expiries(of: $0.key, in: directory) }
      await expiryWatch.look(at: expiries, now: time.now)
      await time.sleep(for: .seconds(3600))
    }
  }

  /// What has no event of its own. One wait for all of it, so that the thread of an idle relay sleeps in between.
  private func lookNowAndThen() async {
    var kept = traffic.record
    for round in 1... {
      status.changed()
      kept = await keepTraffic(unless: kept)
      // What a crowd of clients took stays with the allocator when they have gone, until it is told to let go.
      if round % 8 == 0 { OwnProcess.returnFreedMemory() }
      guard (try? await upkeepLoop.sleep(until: .now + StatusBoard.interval)) != nil else { break }
    }
    _ = await keepTraffic(unless: kept)
  }

  /// What apps have sent today counts on after a restart.
  ///
  /// - Returns: what is kept now.
  private func keepTraffic(unless kept: String) async -> String {
    let record = traffic.record
    guard record != kept else { return kept }
    do {
      try await mailboxes.setSendingRecord(record, of: Self.trafficKey)
      return record
    } catch {
      log.tell(.countsNotKept, [.reason: "\(error)"])
      return kept
    }
  }

  /// Beside the records of mailboxes, and no mailbox's address.
  private static let trafficKey = "?apps"

  /// SIGHUP. A file with mistakes changes nothing.
  private func reload(askedBy sender: SignalSender) async {
    supervision.reloading()
    defer { supervision.ready() }
    await record(.reload, by: sender)
    let next: Configuration
    do {
      next = try Configuration.read(configuration.value.file, openingFiles: true)
    } catch {
      for problem in error.all { log.tell(.reloadFailed, [.reason: "\(problem)"] + sender.fields) }
      return noteReload(failure: error.all.first.map { "\($0)" } ?? "it has mistakes.")
    }
    do {
      // Before the listeners: a new one may belong to a new entity.
      directory.replace(with: try await mailboxes.reconfigure(next.entities, next.providers))
      noteReload(failure: nil)
    } catch {
      log.tell(.reloadFailed, [.reason: "\(error)"] + sender.fields)
      noteReload(failure: "\(error)")
    }
    let closed = await listeners.follow(next)
    for failure in closed { log.tell(.listenerFailed, [.reason: "\(failure)"]) }
    health.noteListeners(closed: closed)
    spool.setMinimumFree(Int64(next.limits.queueMinFree))
    logOutput.apply(next.log)
    spool.setHistory(next.history)
    noteWhatNeedsRestart(next)
    configuration.replace(with: next)
    traffic.keep(only: Set(rules().apps.map(\.name)))
    tellDeliveries()
    alerts.changed()
    log.tell(.reloaded, sender.fields)
  }

  private func noteReload(failure: String?) {
    health.noteReload(failure: failure)
    status.changed()
  }

  private func noteWhatNeedsRestart(_ next: Configuration) {
    let keys = ConfigurationTables.restartKeys(from: configuration.value, to: next)
    if keys.isEmpty { return }
    log.tell(.restartNeeded, [.keys: keys.joined(separator: ", ")])
  }
}

extension Spool {
  /// What was delivered went through a connection, so their database must be there.
  fileprivate func requireConnections(in path: String) throws {
    guard counts.values.contains(where: { $0.totals.delivered > 0 }) else { return }
    let directory = try StateDirectory(existing: path)
    if directory.isMissingOrEmpty("mailboxes.sqlite") {
      throw StoreError.connectionsLost(path: directory.file("mailboxes.sqlite"))
    }
  }
}

extension AccessRules {
  fileprivate var usesSandbox: Bool { apps.contains { $0.mode == .sandbox } }
}
