// The clients people really use, through the relay, to Postfix.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `Mail from the clients people use` {
    /// Dots at line starts, blanks at line ends, an empty line at the end, a word after a lone dot.
    private static let body = "Dear Ada,\n.\n..two dots\n.dot\ntrailing blanks  \n\t\nlast line\n\n"

    private static let header = """
      From: "ERP, at night" <erp@localhost>
      To: <%@>
      Subject: Invoice
       1001
      X-Odd:
      Message-ID: <1@erp.localhost>
      Date: Sun, 22 Nov 2026 08:00:00 +0000

      """

    private func through(_ send: (Relay, _ recipient: String, _ message: String) async throws -> Finished) async throws
    {
      let rig = try await Rig.running
      let address = freshAddress()
      let relay = try await connectedRelay(of: rig, as: address)
      let domain = freshDomain()
      let message = Self.header.replacing("%@", with: "ada@\(domain)") + "\n" + Self.body
      try await send(relay, "ada@\(domain)", message).wentWell()
      let arrived = try await rig.arrivals(1, at: domain)
      #expect(arrived.count == 1)
      #expect(arrived[0].returnPath == "<\(address)>")
      #expect(arrived[0].fields("From") == ["\"ERP, at night\" <\(address)>"])
      #expect(arrived[0].fields("X-Original-From") == ["\"ERP, at night\" <erp@localhost>"])
      // Nobody can answer to localhost.
      #expect(arrived[0].fields("Reply-To").isEmpty)
      #expect(arrived[0].message.contains("\nSubject: Invoice\n 1001\nX-Odd:\nMessage-ID: <1@erp.localhost>\n"))
      #expect(arrived[0].body == Self.body)
    }

    @Test func `swaks`() async throws {
      try await through { relay, recipient, message in
        try await run(
          "swaks",
          [
            "--server", "127.0.0.1", "--port", "\(relay.port)", "--from", "erp@localhost", "--to", recipient, "--data",
            "-",
          ],
          // swaks ends its data with one line end more than it was given.
          input: String(message.dropLast()))
      }
    }

    @Test func `curl`() async throws {
      try await through { relay, recipient, message in
        try await run(
          "curl",
          [
            "-sS", "smtp://127.0.0.1:\(relay.port)", "--mail-from", "erp@localhost", "--mail-rcpt", recipient, "--crlf",
            "-T", "-",
          ],
          input: message)
      }
    }

    @Test func `msmtp, as cron's sendmail`() async throws {
      try await through { relay, recipient, message in
        try await run(
          "msmtp",
          ["--file=/dev/null", "--host=127.0.0.1", "--port=\(relay.port)", "--from=erp@localhost", "--", recipient],
          input: message)
      }
    }

    @Test func `Python's smtplib`() async throws {
      try await through { relay, recipient, message in
        let script = """
          import smtplib, sys
          with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as relay:
              relay.sendmail("erp@localhost", [sys.argv[2]], sys.stdin.read())
          """
        return try await run("python3", ["-c", script, "\(relay.port)", recipient], input: message)
      }
    }
  }
}
