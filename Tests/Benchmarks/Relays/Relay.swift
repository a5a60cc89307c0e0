// A relay under test: private, on high ports, with a directory of its own, connected to one sink.

import Foundation

/// Where a relay sends its mail, and what slows its disk.
struct Surroundings: Sendable {
  var provider: UInt16
  var host = "127.0.0.1"
  var security = Sink.Security.none
  var password = ""
  /// PEM of who signed the provider's certificate.
  var authority = ""
  /// Sessions to the provider at once; the relay's own default where there is none.
  var sessions: Int?
  /// Milliseconds that each fsync and fdatasync takes longer, by the library at `shim`.
  var syncDelay = 0
  var shim = ""
  /// Beside the above.
  var settings: [String: String] = [:]
  /// `prlimit` and its options, before the program.
  var limits: [String] = []
  /// Where the queue is, if elsewhere.
  var state: String?
  /// A certificate and its key: there is a second listener, with TLS from the first octet.
  var listensAs: (certificate: String, key: String)?
  /// Lines before the configuration's sections.
  var configured = ""
  /// Lines for the configuration's section of limits.
  var configuredLimits = ""

  var environment: [String: String] {
    let slow = syncDelay == 0 ? [:] : ["LD_PRELOAD": shim, "FAULTY_DISK_SYNC_MS": String(syncDelay)]
    return slow.merging(settings) { $1 }
  }
}

protocol Relay: AnyObject {
  /// As the tables call it.
  var name: String { get }
  var port: UInt16 { get }
  /// Of its first process.
  var pid: pid_t { get }
  /// Starts it with its queue as it is. It may take connections only later.
  func start() throws
  /// Ends it and keeps the queue.
  func stop()
  /// What its administrator types when the provider is back.
  func flush() throws
  /// For people: what it said of itself.
  var log: String { get }
}

extension Relay {
  var tree: ProcessTree { ProcessTree(root: pid) }

  /// Starts it and returns the seconds until it greeted somebody.
  func startAndGreet(within limit: Double = 60) throws -> Double {
    let begin = now()
    try start()
    while (now() - begin).inSeconds < limit {
      if Greeting.isHeard(on: port) { return (now() - begin).inSeconds }
      usleep(1_000)
    }
    throw Failure("\(name) did not greet anybody within \(limit) s. Its log:\n\(log.suffix(2000))")
  }
}

enum Greeting {
  /// Whether somebody takes a connection there and says 220 within a second.
  static func isHeard(on port: UInt16) -> Bool {
    let descriptor = Loopback.connect(port)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, 1_000) == 1 else { return false }
    var code = [UInt8](repeating: 0, count: 3)
    return recv(descriptor, &code, 3, 0) == 3 && code.elementsEqual("220".utf8)
  }
}
