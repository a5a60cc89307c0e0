// A support bundle of a relay with secrets wherever a secret can be.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A support bundle` {
    /// Words that must not be in a bundle, each with the place where it was put.
    private final class Canaries {
      private(set) var words: [(word: String, place: String)] = []

      /// - Parameter isPlain: small letters alone, which look like a name.
      func callAsFunction(_ place: String, isPlain: Bool = false) -> String {
        let letters =
          isPlain ? "abcdefghijklmnopqrstuvwxyz" : "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
        let word = (isPlain ? "cnry" : "Cnry7") + String((0..<14).map { _ in letters.randomElement() ?? "x" })
        words.append((word, place))
        return word
      }

      /// The places of those that `octets` has, in any encoding.
      func found(in octets: Data) -> [String] {
        let text = String(decoding: octets, as: UTF8.self).lowercased()
        return words.filter { word, _ in
          Self.spellings(of: word).contains { octets.range(of: $0) != nil } || text.contains(word.lowercased())
        }.map(\.place)
      }

      private static func spellings(of word: String) -> [Data] {
        let octets = Array(word.utf8)
        let base64 = (0..<3).map { offset in
          // What depends on the octets around it is cut off.
          let text = Data([UInt8](repeating: 0, count: offset) + octets).base64EncodedString()
          return Array(text.utf8).dropFirst([0, 2, 3][offset]).prefix { $0 != 0x3D }.dropLast()
        }
        var all: [[UInt8]] = [octets] + base64.map { Array($0) }
        for text in base64 { all.append(text.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }) }
        let hexadecimal = octets.map { String($0, radix: 16) }.joined()
        let percent = octets.map { "%" + String($0, radix: 16) }.joined()
        for text in [hexadecimal, percent] { all += [Array(text.utf8), Array(text.uppercased().utf8)] }
        all.append(octets.flatMap { [$0, 0] })
        all.append(octets.flatMap { [0, $0] })
        return all.map { Data($0) }
      }
    }

    private static func configuration(_ secret: Canaries, port: UInt16, upstream: UInt16) -> String {
      """
      # \(secret("comment above")) \(secret("plain comment", isPlain: true))
      state_dir = "state"
      status_file = "status.json"
      drop_dir = "drop"
      [[listener]]
      address = "127.0.0.1:\(port)" # \(secret("comment behind a value"))
      [entity.acme]
      name = "\(secret("name of an entity"))"
      default = true
      senders = ["\(secret("local part of a sender pattern"))@acme.example"]
      notify = ["\(secret("local part of notify"))@acme.example"]
      local_recipients = ["\(secret("local part of local_recipients"))@acme.example"]
      [app.erp]
      match = ["unit:\(secret("a pattern of an app")).service"]
      senders = ["\(secret("local part of an app's sender"))@acme.example"]
      [oauth.corp]
      client_id = "\(secret("client id"))"
      tenant = "\(secret("tenant", isPlain: true))"
      client_secret_file = "client-secret"
      [provider.corp]
      label = "\(secret("label of a provider"))"
      host = "smtp.corp.example"
      note = "\(secret("note of a provider"))"
      username = "\(secret("user name of a provider"))"
      app_password_at = "https://x.example/\(secret("address of a provider"))"
      token_url = "https://\(secret("user of a URL")):\(secret("password of a URL"))@login.example/\(secret("path of a URL"))"
      authorize_url = "https://login.example/?state=\(secret("query of a URL"))"
      authorize_extra = "key=\(secret("authorize_extra"))"
      issuer = "https://\(secret("issuer"))"
      consent_url = "https://login.example/#\(secret("fragment of a URL"))"
      scopes = ["\(secret("a scope"))"]
      [network]
      proxy = "http://\(secret("user of the proxy")):\(secret("password of the proxy"))@127.0.0.1:\(upstream)"
      [admin]
      users = ["\(secret("an administrator", isPlain: true))"]
      groups = ["\(secret("a group of administrators", isPlain: true))"]
      [alert]
      command = "/bin/true --token=\(secret("argument of the alert command")) \(secret("a plain argument", isPlain: true))"
      mail_to = ["\(secret("local part of mail_to"))@acme.example"]
      mail_from_entity = "acme"
      """
    }

    /// A status that a provider and people have had a hand in.
    private static func status(_ secret: Canaries, pid: Int32) -> String {
      let now = Date().formatted(.iso8601)
      return """
        {"schema": 1, "version": "\(secret("version in the status"))", "pid": \(pid), "started_at": "\(now)",
         "updated_at": "\(now)", "state": "error", "error_flag": true, "entities": {"acme": {
          "name": "\(secret("name in the status"))", "state": "error",
          "address": "\(secret("local part in the status"))@acme.example", "provider": "Corp \(secret("provider in the status"))",
          "error": {"class": "auth", "since": "\(now)", "summary": "\(secret("summary"))",
            "remedy": "Run: letterhead \(secret("remedy"))",
            "upstream": "535 5.7.8 \(secret("reply in the status")) \(secret("plain reply in the status", isPlain: true))"},
          "paused_until": null, "warnings": [{"summary": "\(secret("warning"))", "remedy": "\(secret("remedy of a warning"))",
            "expires": "\(now)"}],
          "queue": {"queued": 1, "held": 1, "deferred": 0, "failed": 0, "oldest_seconds": 5},
          "totals": {"accepted": 1, "delivered": 0, "failed": 0}, "last_delivered_at": null}},
         "problems": [{"class": "damaged", "since": "\(now)", "summary": "\(secret("problem"))",
           "remedy": "\(secret("remedy of a problem"))"}],
         "apps": {"\(secret("app in the status"))": {"accepted": 1, "held": 0, "refused": 0, "duplicates": 0,
           "messages_today": 1, "recipients_today": 1, "last_seen": null, "identity": "\(secret("identity of an app"))"}}}
        """
    }

    private static func journal(_ secret: Canaries) throws -> String {
      let lines: [String] = [
        #"level=info event=accepted id=7 entity=acme sender=erp@localhost recipients=anna@partner.example"#,
        "level=info event=accepted subject=\(secret("subject in the log")) message_id=<\(secret("Message-ID in the log"))@x>",
        #"level=notice event=deferred id=8 reply="451 4.7.1 \#(secret("reply in the log"))""#,
        #"event=deferred reply="451-\#(secret("reply in the log without a code", isPlain: true))" class=temporary"#,
        "level=error event=\(secret("an event that there is not", isPlain: true)) id=9",
        #"level=error msg="alert \#(secret("message of the log"))" output=\#(secret("output of the alert command"))"#,
        "level=info event=accepted sender=\(secret("local part in the log"))@acme.example recipients="
          + "\(secret("another local part in the log"))@partner.example,\(secret("recipient without a domain")),+3",
        "\(secret("a line of another program"))",
        #"{"time":"2026-11-29T08:00:00.500Z","level":"warning","event":"failed","id":10,"reply":"550 5.1.1 "#
          + #"\#(secret("reply in JSON"))","who":"\#(secret("who in JSON"))"}"#,
        "backup[12]: level=info event=accepted entity=\(secret("a line that only has an event in it", isPlain: true))",
        "event=accepted entity=\(secret("a line that begins as an event", isPlain: true)), it said",
        #"level=info event=refused reply="550 event=accepted entity=\#(secret("an event in a reply", isPlain: true))""#,
        #"{"event":"accepted","entity":"\#(secret("another program's JSON", isPlain: true))"}"#,
      ]
      return try lines.map { line in
        let entry = [
          "MESSAGE": line, "__REALTIME_TIMESTAMP": "1796000000000000",
          "_CMDLINE": secret("command line in the journal"),
        ]
        return String(decoding: try JSONSerialization.data(withJSONObject: entry), as: UTF8.self)
      }.joined(separator: "\n")
    }

    private static func unit(_ secret: Canaries) -> String {
      """
      # \(secret("comment of the unit"))
      [Service]
      Environment=TOKEN=\(secret("Environment=")) "OTHER=\(secret("a quoted variable"))" \\
        THIRD=\(secret("a variable on the next line"))
      EnvironmentFile=/etc/\(secret("EnvironmentFile="))
      ExecStart=/usr/bin/letterhead serve --\(secret("ExecStart="))
      User=letterhead
      """
    }

    /// Programs of the system that say what they are told to.
    private static func programs(in directory: TemporaryDirectory, _ secret: Canaries) throws {
      try FileManager.default.createDirectory(atPath: directory.path("bin"), withIntermediateDirectories: false)
      try directory.write(try journal(secret), to: "journal")
      try directory.write(unit(secret), to: "unit")
      try directory.write("#!/bin/sh\ncat \(directory.path("journal"))\n", to: "bin/journalctl", mode: 0o755)
      try directory.write("#!/bin/sh\ncat \(directory.path("unit"))\n", to: "bin/systemctl", mode: 0o755)
    }

    /// A server that says secrets, and takes everything.
    private static func server(on port: UInt16, _ secret: Canaries) -> String {
      """
      import socketserver
      class Server(socketserver.StreamRequestHandler):
        def handle(self):
          self.wfile.write(b"220 \(secret("greeting")) ready\\r\\n")
          for line in self.rfile:
            if line.startswith(b"EHLO"):
              self.wfile.write(b"250-\(secret("name of the server"))\\r\\n250-X\(secret("an extension"))\\r\\n250 SIZE 1000000\\r\\n")
            elif line.startswith(b"QUIT"): return
            else: self.wfile.write(b"250 \(secret("reply of the server"))\\r\\n")
      socketserver.ThreadingTCPServer.allow_reuse_address = True
      socketserver.ThreadingTCPServer(("127.0.0.1", \(port)), Server).serve_forever()
      """
    }

    @Test func `has none of the secrets of its host, in any encoding`() async throws {
      let secret = Canaries()
      let directory = try TemporaryDirectory()
      let (port, upstream) = (Ports.unused(), Ports.unused())
      let file = try directory.write(Self.configuration(secret, port: port, upstream: upstream), to: "letterhead.toml")
      try directory.write(secret("a file that the configuration names"), to: "client-secret")
      try directory.write(secret("a file beside the configuration"), to: "other")
      try Self.programs(in: directory, secret)
      let server = try directory.write(Self.server(on: upstream, secret), to: "server.py")
      let started = try await run("sh", ["-c", "python3 \(server) >/dev/null 2>&1 & echo $!"])
      let pid = try #require(Int32(started.output.trimmingCharacters(in: .whitespacesAndNewlines)))
      defer { kill(pid, SIGKILL) }
      let connect = [
        "connect", "acme", "--smtp", "127.0.0.1:\(upstream)", "--security", "none", "--no-auth", "--address",
        "\(secret("local part of the mailbox"))@acme.example", "--config", file,
      ]
      try await eventually("the server answers") { try await run(Relay.binary, connect).status == 0 }
      try directory.write(Data([UInt8](repeating: 0x41, count: 32)), to: "state/key")
      try directory.write(secret("a file of the state"), to: "state/other")
      try directory.write(Self.status(secret, pid: getpid()), to: "status.json", mode: 0o644)
      try directory.write(
        "letterhead_queue_messages{entity=\"acme\",state=\"held\"} 1\n"
          + "letterhead_x{entity=\"\(secret("label of a metric"))\",\(secret("name of a label"))=\"a\"} 1\n"
          + "# HELP \(secret("comment of a metric"))\nother_\(secret("another metric", isPlain: true)) 1\n",
        to: "metrics.prom")
      let out = directory.path("bundle.tar")
      let made = try await run(
        Relay.binary, ["support-bundle", "--out", out, "--config", file],
        environment: [
          "PATH": "\(directory.path("bin")):/usr/bin:/bin", "TOKEN": secret("environment"),
          "https_proxy":
            "http://\(secret("user of a proxy of the environment")):\(secret("password of it"))@127.0.0.1:9",
        ]
      ).wentWell()

      let bundle = try Data(contentsOf: URL(fileURLWithPath: out))
      #expect(secret.words.count >= 50)
      #expect(secret.found(in: bundle) == [])
      #expect(secret.found(in: Data(made.output.utf8)) == [])
      let mode = try FileManager.default.attributesOfItem(atPath: out)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let text = String(decoding: bundle, as: UTF8.self)
      for known in [
        "535 5.7.8", "\"fault_class\" : \"auth\"", "info accepted id=7 entity=acme", "reply=451 4.7.1",
        "warning failed id=10 reply=550 5.1.1",
        "User=letterhead",
        "letterhead_queue_messages{entity=\"acme\",state=\"held\"} 1", "@partner.example", "addresses: 127.0.0.1",
        "ending: answers", "default = true", "command = (left out)", "client_id = (left out)",
      ] {
        let isThere = text.contains(known)
        #expect(isThere, "\(known)")
      }
      for name in ["README.txt", "doctor.txt", "log.txt"] {
        #expect(made.output.contains(name) == (name != "README.txt"))
      }
    }

    /// The test itself: what it would overlook shows nothing.
    @Test func `would be found out by what is looked for`() {
      let secret = Canaries()
      let word = secret("here")
      for octets in ["", "a", "ab"].map({ Data(($0 + word + "xyz").utf8) }) {
        #expect(secret.found(in: octets) == ["here"])
        #expect(secret.found(in: Data(octets.base64EncodedString().utf8)) == ["here"])
      }
      let wide: [UInt8] = word.utf8.flatMap { [$0, 0] as [UInt8] }
      let percent = word.utf8.map { "%" + String($0, radix: 16) }.joined()
      #expect(secret.found(in: Data(wide)) == ["here"] && secret.found(in: Data(percent.utf8)) == ["here"])
      #expect(secret.found(in: Data(word.utf8.map { String($0, radix: 16) }.joined().utf8)) == ["here"])
      #expect(secret.found(in: Data("nothing".utf8)) == [])
    }
  }
}
