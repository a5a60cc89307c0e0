// A provider that takes everything and counts it. Plain, STARTTLS and implicit TLS; AUTH; PIPELINING, CHUNKING,
// 8BITMIME, SMTPUTF8. One thread, which `start` begins and `stop` ends, as a provider goes away and comes back.

import CLinux
import Glibc
import Synchronization

final class Sink: Sendable {
  enum Security: String, Sendable, CaseIterable { case none, starttls, tls }

  struct Settings: Sendable {
    var port: UInt16 = 0
    var security = Security.none
    /// PEM, for TLS.
    var certificate = ""
    var key = ""
    /// Asked of each session before MAIL; nobody is asked where there is none.
    var password: String?
    /// Where what is taken is filed, as a provider does; nowhere where there is none.
    var sent: SentMailbox?
    /// Of each flight of replies.
    var replyDelay: Double = 0
  }

  let settings: Settings
  let port: UInt16
  private let arrivals = Mutex(Arrivals())
  /// How it behaves from the next connection or reply on.
  let manners = Manners()
  private let running = Mutex<Running?>(nil)

  private struct Running {
    let thread: Worker
    let stopped: Stop
  }

  /// Listens at once.
  init(_ settings: Settings) throws {
    Loopback.ignoreBrokenPipes
    var settings = settings
    if settings.port == 0 { settings.port = try Loopback.unusedPort() }
    self.settings = settings
    port = settings.port
    try start()
  }

  func start() throws {
    let listener = try Loopback.listen(port).descriptor
    let tls = settings.security == .none ? nil : try SinkTLS(certificate: settings.certificate, key: settings.key)
    let stopped = Stop()
    let thread = Worker { [self] in SinkLoop(self, listener: listener, tls: tls, stopped: stopped).run() }
    running.withLock { $0 = Running(thread: thread, stopped: stopped) }
  }

  /// Refuses connections from now on, and breaks those that are open.
  func stop() {
    let ended = running.withLock { $0.take() }
    ended?.stopped.set()
    ended?.thread.join()
  }

  // MARK: What arrived

  var seen: Arrivals { arrivals.withLock { $0 } }
  var count: Int { arrivals.withLock { $0.messages } }

  /// Forgets what came so far and counts the messages of `run`.
  func expect(_ run: UInt32) {
    arrivals.withLock { $0 = Arrivals(run: run, open: $0.open) }
  }

  func note(_ change: (inout Arrivals) -> Void) { arrivals.withLock { change(&$0) } }
}

/// Tells a thread to end; it looks ten times a second.
final class Stop: Sendable {
  private let flag = Atomic(false)
  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}
