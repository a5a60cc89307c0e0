// A proxy in front of a listener says for whom it connects: the PROXY protocol, from listed addresses only.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A proxy in front of a listener` {
    /// Connects from an address, writes octets, then says MAIL, and prints what it hears.
    private static let proxy = """
      import socket, sys
      port, source, octets = int(sys.argv[1]), sys.argv[2], bytes.fromhex(sys.argv[3])
      peer = socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(source, 0))
      if sys.argv[4] == "whole":
        octets += b"EHLO app.test\\r\\nMAIL FROM:<a@b.test>\\r\\nRCPT TO:<c@d.test>\\r\\nDATA\\r\\nSubject: x\\r\\n.\\r\\nQUIT\\r\\n"
      peer.sendall(octets)
      try:
        peer.shutdown(socket.SHUT_WR)
        for line in peer.makefile(): print(line, end="")
      except OSError: pass
      """

    private func reply(_ octets: [UInt8], from source: String, to port: UInt16, cut: Bool = false) async throws
      -> String
    {
      let hex = octets.map { String(format: "%02x", $0) }.joined()
      return try await run("python3", ["-c", Self.proxy, "\(port)", source, hex, cut ? "cut" : "whole"]).wentWell()
        .output
    }

    private static func line(_ text: String) -> [UInt8] { Array("PROXY \(text)\r\n".utf8) }

    private static func version2(_ command: UInt8, _ family: UInt8 = 0, _ addresses: [UInt8] = []) -> [UInt8] {
      Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [0x20 | command, family, 0, UInt8(addresses.count)] + addresses
    }

    private static let far: [UInt8] = [192, 0, 2, 7, 192, 0, 2, 1, 0xDC, 4, 0, 25]

    @Test func `names its client, or is itself the client, or is not served`() async throws {
      let port = Ports.unused()
      let relay = try Relay(
        entities: """
          [entity.acme]
          default = true
          [app.far]
          match = ["net:192.0.2.7", "net:2001:db8::7"]
          [app.root]
          match = ["user:root"]
          """,
        listener: """
          [[listener]]
          address = "127.0.0.1:\(port)"
          proxy = ["127.0.0.2"]
          allow = ["192.0.2.0/24", "2001:db8::/32"]
          """)
      try await relay.start()
      let taken: [(octets: [UInt8], client: String, app: String?)] = [
        (Self.line("TCP4 192.0.2.7 192.0.2.1 56324 25"), "192.0.2.7", "far"),
        (Self.line("TCP6 2001:db8::7 2001:db8::1 56324 25"), "2001:db8::7", "far"),
        (Self.line("UNKNOWN"), "127.0.0.2", nil),
        (Self.version2(1, 0x11, Self.far), "192.0.2.7", "far"),
        (Self.version2(0), "127.0.0.2", nil),
      ]
      for (number, (octets, client, app)) in zip(1..., taken) {
        let said = try await reply(octets, from: "127.0.0.2", to: port)
        #expect(said.contains("Queued as \(number)"), "\(client): \(said)")
        let queued = try #require(try await relay.json("queue").last)
        #expect(queued["app"] as? String == app && queued["uid"] == nil, "not the proxy's own user: \(queued)")
        let shown = try await relay.letterhead("queue", "show", "\(number)").wentWell()
        #expect(shown.output.contains("from \(client) (app.test)"), "\(shown)")
      }
      #expect(try await relay.json("app", "pending").map { $0["key"] as? String } == ["net:127.0.0.2"])

      let faults: [[UInt8]] = [
        [], Array("PROXY TCP4 192.0.2.7 ".utf8) + Array(repeating: 0x31, count: 107),
        Self.version2(1, 0x11, Array(Self.far.dropLast(6))),
      ]
      for octets in faults { #expect(try await reply(octets, from: "127.0.0.2", to: port).isEmpty) }
      #expect(relay.log.contains("reason=\"the connection does not begin with a PROXY header\""), "the first of them")
      for octets in [Array(Self.line("TCP4 192.0.2.7 192.0.2.1").dropLast(9)), Array(Self.version2(1).dropLast(2))] {
        #expect(try await reply(octets, from: "127.0.0.2", to: port, cut: true).isEmpty)
      }
      let other = try await reply(Self.line("TCP4 198.51.100.7 192.0.2.1 56324 25"), from: "127.0.0.2", to: port)
      #expect(other.hasPrefix("554 5.7.1 Mail from your address is not taken here"), "\(other)")
      #expect(try await relay.json("queue").count == taken.count)

      let unlisted = try await reply(Self.line("TCP4 192.0.2.7 192.0.2.1 56324 25"), from: "127.0.0.1", to: port)
      #expect(unlisted.contains("\n500 5.") && unlisted.contains("Queued as \(taken.count + 1)"), "\(unlisted)")
      #expect(try await relay.json("queue").last?["app"] as? String == "root", "whom the kernel names")
    }
  }
}
