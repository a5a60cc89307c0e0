// The listeners that are open now, as the present configuration names them.

import Access
import Logging
import Logs
import SMTP
import Sockets
import Spool
import Submission
import TLS

/// Opens, replaces and closes listeners. A session that is open when its listener is closed goes on to its next idle
/// point; when its listener is only opened anew, to its own end.
actor ListenerSet {
  private struct OpenListener {
    let settings: ListenerSettings
    let server: SubmissionServer<SpoolIntake>
    let serving: Task<Void, Never>
  }

  private let loop: EventLoop
  private let intake: SpoolIntake
  private let access: ListenerAccess
  private let counters: SubmissionCounters
  private let inherited: InheritedSockets
  private let log: Logger
  private var context: SubmissionContext
  private var open: [OpenListener] = []
  /// Replaced by one with the same settings: they take no connection, and their sessions keep what held when they began.
  private var retired: [OpenListener] = []
  private var closing: [Task<Void, Never>] = []

  /// - Parameter inherited: sockets that the service manager has opened for this process.
  init(
    loop: EventLoop, intake: SpoolIntake, access: ListenerAccess, counters: SubmissionCounters = SubmissionCounters(),
    inheriting inherited: InheritedSockets, configuration: Configuration, log: Logger
  ) {
    self.loop = loop
    self.intake = intake
    self.access = access
    self.counters = counters
    self.inherited = inherited
    self.log = log
    context = SubmissionContext(configuration, log: log)
  }

  /// Opens what the configuration names and closes what it no longer does. Listeners that stay as they are go on
  /// undisturbed; those with TLS are opened anew, since their certificate may have been renewed.
  /// - Returns: one sentence for each that could not be opened; the others are open.
  func follow(_ configuration: Configuration) -> [ListenerOpeningError] {
    let next = SubmissionContext(configuration, log: log)
    let isSameContext = next.hostname == context.hostname && next.limits == context.limits
    let wanted = configuration.listeners
    for listener in open {
      if !wanted.contains(listener.settings) {
        close(listener, saying: Replies.listenerClosed)
      } else if !isSameContext || listener.settings.files != nil {
        retire(listener)
      }
    }
    if !isSameContext { context = next }
    let missing = wanted.filter { settings in !open.contains { $0.settings == settings } }
    return missing.compactMap { listener -> ListenerOpeningError? in
      do throws(ListenerOpeningError) { try open(listener) } catch { return error }
      return nil
    }
  }

  /// Ends the sessions of an app whose password has been revoked.
  func end(sessionsOf app: String) async {
    for listener in open + retired { await listener.server.end(sessionsOf: app, on: loop) }
  }

  /// The sessions that are open now.
  var liveSessions: [LiveSession] {
    get async {
      var all: [LiveSession] = []
      for listener in open + retired { all += await listener.server.liveSessions(on: loop) }
      return all
    }
  }

  /// Takes no new connection, and returns when the last session has ended: each does at its next idle point.
  func closeAll() async {
    for listener in open + retired { close(listener, saying: Replies.shuttingDown) }
    for session in closing { await session.value }
  }

  private func close(_ listener: OpenListener, saying farewell: Reply) {
    listener.server.shut()
    closing.append(
      Task { [loop] in
        await listener.server.stop(on: loop, saying: farewell)
        await listener.serving.value
      })
    forget(listener)
  }

  private func retire(_ listener: OpenListener) {
    listener.server.shut()
    open.removeAll { $0.server === listener.server }
    retired.append(listener)
    Task {
      await listener.serving.value
      self.forget(listener)
    }
  }

  private func forget(_ listener: OpenListener) {
    open.removeAll { $0.server === listener.server }
    retired.removeAll { $0.server === listener.server }
  }

  private func open(_ settings: ListenerSettings) throws(ListenerOpeningError) {
    let address = settings.address
    let tls: TLSContext?
    do throws(TLSError) {
      tls = try settings.files.map { files throws(TLSError) in
        try TLSContext.server(certificateFile: files.certificate, keyFile: files.key)
      }
    } catch {
      throw ListenerOpeningError(address: address, obstacle: .certificate(error))
    }
    do throws(ListenError) {
      let server = try SubmissionServer(
        settings, context: context, intake: intake, access: access, counters: counters.listener(address), tls: tls,
        inheriting: inherited)
      let serving = loop.start { [loop] in await server.run(on: loop) }
      open.append(OpenListener(settings: settings, server: server, serving: serving))
      log.tell(.listening, [.listener: "\(server.endpoint)"])
    } catch {
      throw ListenerOpeningError(address: address, obstacle: .socket(error))
    }
  }
}

extension ListenerSettings {
  fileprivate var files: (certificate: String, key: String)? {
    guard security != .none, let certificateFile, let keyFile else { return nil }
    return (certificateFile, keyFile)
  }
}

extension SubmissionContext {
  convenience init(_ configuration: Configuration, log: Logger) {
    self.init(
      hostname: configuration.hostname, instance: Instance.word(in: configuration.stateDirectory),
      limits: configuration.limits.submission, log: log)
  }
}
