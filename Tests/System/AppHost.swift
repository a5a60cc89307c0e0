// A host with apps: a relay that keeps mail as files, and a copy of Examples/apps that speaks to it.

import Foundation
import Support
import Testing

/// Its relay has two entities in the sandbox. Other users may read all of it but the state.
struct AppHost {
  let place: TemporaryDirectory
  let relay: Relay

  struct Mail {
    let text: String

    /// Who handed it in, of each Received line.
    var received: [String] { text.matches(of: #/\n\t\((from [^\n]*)\)\n/#).map { String($0.output.1) } }
    var recipients: [String] { text.matches(of: #/(?m)^X-Sandbox-Recipient: (.*)$/#).map { String($0.output.1) } }
  }

  /// - Parameter block: a word in the block of docs/apps.md that is the configuration; its first listener is the relay's.
  init(block mark: String, isStarted: Bool = true) async throws {
    let page = try String(contentsOfFile: "\(Checkout.path)/docs/apps.md", encoding: .utf8)
    let blocks = page.components(separatedBy: "```toml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    let block = try #require(blocks.first { $0.contains(mark) }, "no block with \(mark)")
    try await self.init(apps: block, isStarted: isStarted)
  }

  init(apps: String, isStarted: Bool = true) async throws {
    place = try TemporaryDirectory()
    let (listener, rest) = try Self.listener(of: apps, place)
    let entities = ["acme", "brandb"].filter { !rest.contains("[entity.\($0)") }
      .map { "[entity.\($0)]\ndefault = \($0 == "acme")" }
    relay = try Relay(
      entities: (entities + [rest]).joined(separator: "\n"),
      listener: "\(listener)\n[[listener]]\naddress = \"\(place.path("submit.sock"))\"\n")
    if apps.contains("systemd:") {
      let text = try String(contentsOfFile: relay.configuration, encoding: .utf8)
      try relay.directory.write(text.replacing("\"\(address)\"", with: "\"systemd:smtp\""), to: "letterhead.toml")
    }
    chmod(place.path, 0o755)
    try copyExamples()
    if listener.contains("certificate") { try await makeCertificate() }
    for entity in ["acme", "brandb"] {
      try await relay.letterhead("connect", entity, "--provider", "sandbox", "--address", "office@\(entity).example")
        .wentWell()
    }
    if isStarted { try await relay.start() }
  }

  /// Parts the keys of the block's listener from the rest. Its networks are this host's, its certificate is one of the test's.
  private static func listener(of apps: String, _ place: TemporaryDirectory) throws -> (String, String) {
    guard apps.contains("[[listener]]") else { return ("", apps) }
    let tables = apps.components(separatedBy: "[[listener]]\n").last?.components(separatedBy: "\n[") ?? []
    let keys = tables[0].split(separator: "\n").filter { !$0.hasPrefix("address") }.joined(separator: "\n")
    let listener = keys.replacing("/etc/letterhead/tls/relay.pem", with: place.path("relay.pem"))
      .replacing("/etc/letterhead/tls/relay.key", with: place.path("relay.key"))
    return (listener, tables.dropFirst().map { "[\($0)" }.joined(separator: "\n"))
  }
}

extension AppHost {
  var address: String { "127.0.0.1:\(relay.port)" }

  func path(_ name: String) -> String { place.path(name) }

  private func makeCertificate() async throws {
    let words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    try await SystemTests.run("openssl", words + ["-keyout", path("relay.key"), "-out", path("relay.pem")]).wentWell()
  }

  private func copyExamples() throws {
    let folder = "\(Checkout.path)/Examples/apps"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
      try place.write(
        text.replacing("/usr/sbin/sendmail", with: path("sendmail")).replacing("2525", with: "\(relay.port)"), to: name,
        mode: 0o644)
    }
    let program = URL(filePath: Relay.program).deletingLastPathComponent().appending(path: "letterhead-sendmail").path
    try FileManager.default.copyItem(atPath: program, toPath: path("sendmail"))
    chmod(path("sendmail"), 0o755)
  }

  func run(_ words: [String], as user: String, input: String = "") async throws -> Finished {
    let words = PublicBinary.prefix(user) + words
    let environment = ["LETTERHEAD_SUBMIT_SOCKET": path("submit.sock"), "LETTERHEAD_NO_DROP": "1"]
    return try await SystemTests.run(words[0], Array(words.dropFirst()), environment: environment, input: input)
  }

  /// - Parameter source: an address of this host.
  func swaks(from source: String, at port: UInt16? = nil, _ words: [String] = []) async throws -> Finished {
    try await SystemTests.run(
      "swaks",
      [
        "--server", "127.0.0.1", "--port", "\(port ?? relay.port)", "--local-interface", source, "--from",
        "scan@acme.example", "--to", "ada@acme.example",
      ] + words)
  }

  func password(of app: String) async throws -> String {
    String(try await relay.letterhead("app", "password", app).wentWell().output.prefix { $0 != "\n" })
  }

  /// The one message that the sandbox keeps.
  func kept() async throws -> Mail {
    let folder = relay.directory.path("state/sandbox")
    var names: [String] = []
    try await eventually("a message in the sandbox") {
      names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".eml") }
      return !names.isEmpty
    }
    guard names.count == 1 else { throw Failure("\(names.count) messages are kept") }
    let text = try String(contentsOfFile: "\(folder)/\(names[0])", encoding: .utf8)
    return Mail(text: text.replacing("\r\n", with: "\n"))
  }
}
