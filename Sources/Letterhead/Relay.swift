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
package import Logging
import Mailboxes
import OAuth
package import Sockets
import Spool
import Status
import StorageSQLite
import Submission
import Platform

/// One relay: `serve` makes it and runs it until a signal ends it.
package final class Relay: Sendable {
  private let log: Logger
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
  package init(
    _ configuration: Configuration, acceptsLoss: Bool = false,
    inheriting inherited: InheritedSockets = InheritedSockets(),
    log: Logger
  ) async throws {
    Hardening.apply()
    try Hardening.requireDescriptors()
    let spool = try SQLiteStorage.openSpool(
      directory: configuration.stateDirectory, minimumFree: Int64(configuration.limits.queueMinFree),
      descriptorLimit: DescriptorLimit.bodies, hasRun: Instance.isStored(in: configuration.stateDirectory),
      acceptsLoss: acceptsLoss, log: log)
    if !acceptsLoss { try spool.requireConnections(in: configuration.stateDirectory) }
    statusLock = try Self.lock(configuration.statusFile)
    health = RelayHealth(after: (try? StatusFile(path: configuration.statusFile).read().problems) ?? [])
    mailboxes = try SQLiteStorage.openMailboxes(of: configuration, acceptsLoss: acceptsLoss, log: log)
    let directory = AtomicBox(try await mailboxes.load())
    let current = AtomicBox(configuration)
    let questions = OpenQuestionBoard()
    expiryWatch = ExpiryWatch { warning, entity in
      log.warning("\(warning.summary)", metadata: ["entity": "\(entity)", "remedy": "\(warning.remedy)"])
    }
    let rules: @Sendable () -> AccessRules = { [mailboxes] in current.value.access.decided(by: mailboxes.apps) }
    let present: @Sendable () -> SendingRules = { SendingRules(rules(), over: directory.value) }
    let traffic = AppTraffic { [health] app, sentence in health.noteHeldMail(of: app, sentence) }
    if let record = try? await mailboxes.sendingRecord(of: Self.trafficKey, as: String.self) { traffic.restore(record) }
    status = StatusBoard(
      path: configuration.statusFile, spool: spool, health: health, questions: questions,
      directory: { directory.value }, configuration: { current.value },
      apps: { traffic.status(of: rules().apps, at: $0) }, time: time, log: log)
    signIns = AppSignIns(registry: { [mailboxes] in mailboxes.apps }, apps: { rules().apps }, time: time)
    let intake = SpoolIntake(spool: spool, traffic: traffic, rules: present)
    let access = ListenerAccess(lookup: ClientLookup(time: time), signIns: signIns, rules: present)
    listeners = ListenerSet(
      loop: frontLoop, intake: intake, access: access, inheriting: inherited, configuration: configuration, log: log)
    drop = DropService(configuration, DropIntake(intake, access, SubmissionContext(configuration, log: log)), log: log)
    http = HTTPClient(proxy: configuration.network.proxy)
    let transports = TransportFactory(configuration, over: http, loop: backLoop)
    let refreshHelper = RefreshHelper(proxy: configuration.network.proxy, log: log)
    connector = MailboxConnector(
      store: mailboxes, in: ConnectionTestEnvironment(transports, loop: backLoop, hostname: configuration.hostname),
      over: http,
      refreshHelper: refreshHelper)
    deliveries = QueueSupervisor(
      DeliveryContext(
        spool: spool, store: mailboxes, hostname: configuration.hostname, time: time, executor: backLoop, log: log,
        questions: questions, transport: transports.saved(in: mailboxes, helper: refreshHelper)),
      maximumAge: configuration.limits.queueMaxAge)
    alerts = Alerts(
      store: mailboxes, spool: spool, health: health, configuration: { current.value },
      directory: { directory.value }, time: time, log: log)
    self.configuration = current
    self.directory = directory
    self.rules = rules
    self.traffic = traffic
    self.spool = spool
    self.log = log
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
    for loop in loops { loop.start() }
    defer { for loop in loops { loop.stop() } }
    if let failure = await listeners.follow(configuration.value).first {
      await listeners.closeAll()
      await spool.close()
      throw failure
    }
    log.info("letterhead \(Version.current) is running", metadata: ["pid": "\(getpid())"])
    let delivering = backLoop.start { [deliveries, updates] in await deliveries.run(following: updates) }
    let admin = openAdmin()
    if let admin { adminLoop.start { [adminLoop] in await admin.run(on: adminLoop) } }
    await withDiscardingTaskGroup { group in
      group.addTask { await self.status.run() }
      group.addTask { await self.alerts.run() }
      group.addTask { await self.followMailboxes() }
      group.addTask { await self.followProblems() }
      group.addTask { await self.watchExpiries() }
      group.addTask { await self.drop.run() }
      group.addTask { await self.keepTraffic() }
      group.addTask { await self.returnMemory() }
      await obey(signals)
      log.info("stopping")
      // Nobody waits for a connect that is being tested: the store has all of it or nothing.
      admin?.close()
      // Side by side: a client and a provider that both stall cost ten seconds and not twenty. What is accepted
      // meanwhile is on disk, and goes out after the next start.
      update.finish()
      async let closed: Void = listeners.closeAll()
      await delivering.value
      await closed
      group.cancelAll()
    }
    await spool.close()
    http.close()
    log.info("stopped")
  }

  private func obey(_ signals: AsyncStream<RelaySignal>) async {
    for await signal in signals {
      switch signal {
      case .stop: return
      case .reload: await reload()
      }
    }
  }

  /// Everybody who needs to know who is connected learns it here, whichever process changed it.
  private func followMailboxes() async {
    for await newest in await mailboxes.changes() {
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
    let owner = geteuid()
    do throws(ListenError) {
      return try AdminServer(
        path: path, service: service, administrators: { self.configuration.value.administrators(owner: owner) },
        stateDirectory: configuration.value.stateDirectory, log: log)
    } catch {
      log.error("the admin socket cannot be opened", metadata: ["path": "\(path)", "reason": "\(error)"])
      return nil
    }
  }

  private var resources: ControlResources {
    var resources = ControlResources(
      mailboxes: mailboxes, spool: spool, connector: connector,
      settings: { ControlSettings(self.configuration.value) },
      status: { String(decoding: try self.status.snapshot(at: self.time.now).json(), as: UTF8.self) },
      requestFiled: { self.alerts.changed() }, lookAgain: { await self.deliveries.lookAgain(at: $0) }, log: log)
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

  /// What apps have sent today counts on after a restart.
  private func keepTraffic() async {
    var kept = ""
    while !Task.isCancelled {
      await time.sleep(for: .seconds(5))
      let record = traffic.record
      guard record != kept else { continue }
      do {
        try await mailboxes.setSendingRecord(record, of: Self.trafficKey)
        kept = record
      } catch {
        log.error("what apps have sent cannot be kept", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Beside the records of mailboxes, and no mailbox's address.
  private static let trafficKey = "?apps"

  /// What a crowd of clients took stays with the allocator when they have gone, until it is told to let go.
  private func returnMemory() async {
    while !Task.isCancelled {
      await time.sleep(for: .seconds(30))
      OwnProcess.returnFreedMemory()
    }
  }

  /// SIGHUP. A file with mistakes changes nothing.
  private func reload() async {
    let next: Configuration
    do {
      next = try Configuration.read(configuration.value.file, openingFiles: true)
    } catch {
      for problem in error.all { log.error("the configuration was not reloaded", metadata: ["problem": "\(problem)"]) }
      return noteReload(failure: error.all.first.map { "\($0)" } ?? "it has mistakes.")
    }
    do {
      // Before the listeners: a new one may belong to a new entity.
      directory.replace(with: try await mailboxes.reconfigure(next.entities, next.providers))
      noteReload(failure: nil)
    } catch {
      log.error("the entities were not reloaded", metadata: ["reason": "\(error)"])
      noteReload(failure: "\(error)")
    }
    let closed = await listeners.follow(next)
    for failure in closed { log.error("\(failure)") }
    health.noteListeners(closed: closed)
    spool.setMinimumFree(Int64(next.limits.queueMinFree))
    noteWhatNeedsRestart(next)
    configuration.replace(with: next)
    traffic.keep(only: Set(rules().apps.map(\.name)))
    tellDeliveries()
    alerts.changed()
    log.info("the configuration was reloaded")
  }

  private func noteReload(failure: String?) {
    health.noteReload(failure: failure)
    status.changed()
  }

  private func noteWhatNeedsRestart(_ next: Configuration) {
    let keys = ConfigurationTables.restartKeys(from: configuration.value, to: next)
    if keys.isEmpty { return }
    log.warning("the new value of \(keys.joined(separator: ", ")) holds from the next restart on")
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

extension AppTraffic {
  fileprivate func status(of apps: [App], at now: Date) -> [String: AppStatus] {
    apps.reduce(into: [:]) { $0[$1.name] = AppStatus(counters(of: $1.name), use(by: $1.name, at: now)) }
  }
}

extension AppStatus {
  fileprivate init(_ counters: AppCounters, _ use: AppUse) {
    self.init(
      accepted: counters.accepted, held: counters.held, refused: counters.refused, duplicates: counters.duplicates,
      messagesToday: use.messagesInDay, recipientsToday: use.recipientsInDay, lastSeen: counters.lastSeen,
      identity: counters.lastIdentity)
  }
}

extension AppActivity {
  fileprivate init(_ counters: AppCounters, _ use: AppUse, lastSignIn: Date?, sessions: Int) {
    self.init()
    lastSeen = counters.lastSeen
    lastIdentity = counters.lastIdentity
    messages = counters.accepted
    refused = counters.refused
    held = counters.held
    duplicates = counters.duplicates
    messagesToday = use.messagesInDay
    recipientsToday = use.recipientsInDay
    self.lastSignIn = lastSignIn
    self.sessions = sessions
  }
}
