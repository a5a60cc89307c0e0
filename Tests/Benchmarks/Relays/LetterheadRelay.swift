// Letterhead as an administrator has it: a configuration file, `letterhead connect`, `letterhead serve`. Nothing in the
// configuration is there for speed; max_connections is raised because the measure asks for 10,000 of them.

import Foundation
import Glibc

final class LetterheadRelay: Relay {
  let name: String
  let port: UInt16
  /// Of the listener with TLS, if there is one.
  let securePort: UInt16
  private(set) var pid: pid_t = 0
  private let directory: String
  private let binary: String
  private let surroundings: Surroundings

  init(
    named name: String = Report.subject, binary: String, directory: String, _ surroundings: Surroundings
  ) throws {
    self.name = name
    self.binary = binary
    self.directory = directory
    self.surroundings = surroundings
    port = try Loopback.unusedPort()
    securePort = try Loopback.unusedPort()
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try configuration.write(toFile: file, atomically: true, encoding: .utf8)
    try connect()
  }

  private var file: String { directory + "/letterhead.toml" }
  /// Holds the queue.
  var state: String { surroundings.state ?? directory + "/state" }
  var logFile: String { directory + "/letterhead.log" }
  /// Beside the status file.
  var metricsFile: String { directory + "/metrics.prom" }

  private var configuration: String {
    """
    state_dir = "\(state)"
    status_file = "\(directory)/status.json"
    \(surroundings.configured)
    [[listener]]
    address = "127.0.0.1:\(port)"
    \(surroundings.listensAs.map(secureListener) ?? "")
    [entity.acme]
    name = "Acme S.p.A."
    default = true
    \(surroundings.sessions.map { "[entity.acme.limits]\nmax_connections = \($0)" } ?? "")
    [limits]
    max_connections = 20000
    \(surroundings.configuredLimits)

    """
  }

  private func secureListener(certificate: String, key: String) -> String {
    """
    [[listener]]
    address = "127.0.0.1:\(securePort)"
    security = "tls"
    certificate = "\(certificate)"
    key = "\(key)"
    """
  }

  /// Connects the mailbox, also anew after a fault.
  func connect() throws {
    let secret = directory + "/password"
    try surroundings.password.write(toFile: secret, atomically: true, encoding: .utf8)
    let signIn = surroundings.password.isEmpty ? ["--no-auth"] : ["--password-file", secret]
    let trust = surroundings.authority.isEmpty ? [] : ["--ca-file", surroundings.authority]
    try Child.run(
      [binary, "connect", "acme", "--smtp", "\(surroundings.host):\(surroundings.provider)"]
        + ["--security", surroundings.security.rawValue, "--address", "office@firm.test"] + signIn + trust
        + ["--config", file], log: directory + "/connect.log")
  }

  func start() throws {
    pid = try Child.start(
      surroundings.limits + [binary, "serve", "--config", file], environment: surroundings.environment, log: logFile)
  }

  /// As an administrator would: `letterhead queue retry --all`.
  func command(_ words: String...) throws {
    try Child.run([binary] + words + ["--config", file], log: directory + "/commands.log")
  }

  /// SIGKILL, at once.
  func kill() {
    Glibc.kill(pid, SIGKILL)
    Child.end(pid)
  }

  func stop() { if pid > 0 { Child.end(pid) } }

  /// Nothing: it notices by itself.
  func flush() {}

  var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }
}
