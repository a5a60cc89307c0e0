// The real binary, as an administrator has it: a configuration file, `letterhead serve`, and commands beside it.

import Foundation
import Sockets
import Subprocess
import Support
import Synchronization

/// One relay with a state directory of its own. It ends with the test that made it.
final class Relay: Sendable {
  let directory: TemporaryDirectory
  let port: UInt16
  let statusFile: String
  let configuration: String
  private let serving = Mutex<Serving?>(nil)
  private let logs = Logs.current

  private struct Serving {
    let pid: Int32
    let ended: Task<Int, any Error>
  }

  /// Where this test binary is, and the programs beside it.
  static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  static let program = folder.appending(path: "letterhead").path
  /// What is run: the program, or `$LETTERHEAD` (its whole path), which runs that in its turn, as `scripts/in-sandbox` does.
  static let binary = ProcessInfo.processInfo.environment["LETTERHEAD"] ?? program

  /// - Parameters:
  ///   - entities: TOML; by default one entity `acme` that takes everything.
  ///   - more: TOML at the top of the file.
  ///   - statusFile: below the relay's directory.
  init(
    entities: String = "[entity.acme]\nname = \"Acme S.p.A.\"\ndefault = true", more: String = "",
    listener: String = "", hasUnixListener: Bool = false,
    limits: String = "", statusFile: String = "status.json"
  ) throws {
    directory = try TemporaryDirectory()
    self.statusFile = directory.path(statusFile)
    port = Ports.unused()
    configuration = try directory.write(
      """
      state_dir = "\(directory.path)/state"
      status_file = "\(self.statusFile)"
      drop_dir = "\(directory.path)/drop"
      \(more)
      [[listener]]
      address = "127.0.0.1:\(port)"
      \(listener)
      \(hasUnixListener ? "[[listener]]\naddress = \"\(directory.path)/submit.sock\"" : "")
      \(entities)
      [limits]
      \(limits)

      """, to: "letterhead.toml")
  }

  deinit {
    if let pid = serving.withLock({ $0?.pid }) { Foundation.kill(pid, SIGKILL) }
    logs?.keep(log)
  }

  var endpoint: Endpoint { Endpoint(host: "127.0.0.1", port: port) }
  var log: String { (try? String(contentsOfFile: directory.path("serve.log"), encoding: .utf8)) ?? "" }
  var pid: Int32 { serving.withLock { $0?.pid ?? 0 } }

  // MARK: serve

  /// Starts `letterhead serve` and returns when it takes connections.
  ///
  /// - Parameters:
  ///   - user: whom it runs as; by default whoever runs the tests.
  ///   - words: a command that becomes the one behind it.
  func start(as user: String? = nil, under words: [String] = []) async throws {
    let log = directory.path("serve.log")
    let program = user.map { PublicBinary.prefix($0) + [PublicBinary.path] } ?? words + [Self.binary]
    let arguments = ["-c", "exec \"$0\" \"$@\" >> '\(log)' 2>&1"] + program + ["serve", "--config", configuration]
    let (pids, begun) = AsyncStream.makeStream(of: Int32.self)
    let ended = Task {
      defer { begun.finish() }
      let result = try await Subprocess.run(
        .name("sh"), arguments: Arguments(arguments), input: .none, output: .discarded, error: .discarded
      ) { execution in _ = begun.yield(execution.processIdentifier.value) }
      return code(of: result.terminationStatus)
    }
    guard let pid = await pids.first(where: { _ in true }) else {
      throw Failure("letterhead serve cannot be run: \(try await ended.value)")
    }
    serving.withLock { $0 = Serving(pid: pid, ended: ended) }
    try await eventually("letterhead serve takes connections; its log:\n\(self.log)") {
      guard Foundation.kill(pid, 0) == 0 else { throw Failure("letterhead serve ended at once:\n\(self.log)") }
      return isListening && (try? status().pid) == pid
    }
  }

  private var isListening: Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  /// Sends a signal and waits for the end. Returns the exit code; negative for a signal.
  @discardableResult
  func end(_ signal: Int32 = SIGTERM) async throws -> Int {
    guard let serving = serving.withLock({ $0.take() }) else { throw Failure("the relay is not running") }
    Foundation.kill(serving.pid, signal)
    return try await serving.ended.value
  }

  /// `kill -9`, and nothing else.
  func kill() async throws { try await end(SIGKILL) }

  // MARK: commands

  /// Runs `letterhead`, with this relay's configuration.
  func letterhead(_ words: String..., input: String = "") async throws -> Finished {
    try await run(Self.binary, words + ["--config", configuration], input: input)
  }

  /// `letterhead connect` by password to a listener of the rig.
  func connect(
    _ entity: String = "acme", to listener: String, of rig: Rig, as address: String, password: String,
    more: String...
  ) async throws -> Finished {
    try await run(
      Self.binary,
      ["connect", entity, "--smtp", "localhost:\(rig.port(listener))", "--address", address, "--password-file", "-"]
        + ["--security", listener.hasSuffix("STARTTLS") ? "starttls" : "tls", "--ca-file", rig.certificateAuthority]
        + more + ["--config", configuration], input: password + "\n")
  }

  /// `letterhead connect` with a refresh token.
  func connect(
    _ entity: String = "acme", to listener: String, of rig: Rig, as address: String, mechanism: String, token: String
  ) async throws -> Finished {
    let secret = try directory.write(rig["CLIENT_SECRET"] + "\n", to: "client-secret")
    return try await letterhead(
      "connect", entity, "--smtp", "localhost:\(rig.port(listener))", "--address", address, "--auth", mechanism,
      "--security", listener.hasSuffix("STARTTLS") ? "starttls" : "tls", "--ca-file", rig.certificateAuthority,
      "--token-url", rig["TOKEN_URL"], "--client-id", rig["CLIENT_ID"], "--client-secret-file", secret, "--scope",
      "mail",
      "--refresh-token-file", "-", input: token + "\n")
  }

  /// `letterhead connect` to a provider of the configuration, as one starts it in a terminal.
  func connecting(_ words: String...) async throws -> LiveCommand {
    try await LiveCommand(
      Self.binary, ["connect", "acme"] + words + ["--config", configuration])
  }

  // MARK: mail

  /// Sends one message as an app does, in plain SMTP, and returns when it was answered with 250.
  ///
  /// - Parameters:
  ///   - sender: envelope and From.
  ///   - text: the body; the header is made of the rest.
  func send(
    from sender: String = "erp@localhost", to recipient: String, subject: String = "Invoice", text: String = "Hello."
  )
    async throws
  {
    let message = "From: ERP <\(sender)>\r\nTo: <\(recipient)>\r\nSubject: \(subject)\r\n\r\n\(text)\r\n"
    try await send(message: message, from: sender, to: [recipient])
  }

  /// - Parameter message: as it is to be handed in; lines may end in LF.
  func send(message: String, from sender: String = "erp@localhost", to recipients: [String]) async throws {
    let message = message.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
    try await ScriptedClient.play(
      """
      S: 220 *
      C: HELO app.test
      S: 250 *
      C: MAIL FROM:<\(sender)>
      S: 250 *
      \(recipients.map { "C: RCPT TO:<\($0)>\nS: 250 *" }.joined(separator: "\n"))
      C: DATA
      S: 354 *
      C: (body)
      S: 250 *
      C: QUIT
      S: 221 *
      """, to: endpoint, body: Array(message.utf8))
  }

  // MARK: status

  /// The status file, as monitoring reads it.
  func status() throws -> Status {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try Data(contentsOf: URL(fileURLWithPath: statusFile))
    return try decoder.decode(Status.self, from: data)
  }

  func entity(_ key: String = "acme") throws -> Status.Entity {
    guard let entity = try status().entities[key] else { throw Failure("no \(key) in the status file") }
    return entity
  }
}

/// What is promised of the status file, read independently of the code that writes it.
struct Status: Decodable {
  struct Entity: Decodable {
    struct Fault: Decodable {
      let `class`: String
      let summary: String
      let remedy: String
      let upstream: String
    }
    struct Queue: Decodable { let queued, held, deferred, failed, oldestSeconds: Int }
    struct Totals: Decodable { let accepted, delivered, failed: Int }
    let name: String
    let state: String
    let address: String?
    let provider: String?
    let transport: String?
    let error: Fault?
    let queue: Queue
    let totals: Totals
  }
  let schema: Int
  let pid: Int32
  let state: String
  let errorFlag: Bool
  let entities: [String: Entity]
  struct Problem: Decodable { let `class`, since, summary, remedy: String }
  let problems: [Problem]
}
