// The programs people send with, each without a password and with one, by each mechanism that it has.

import Foundation
import Support
import Testing

/// A script of `Tests/System/clients`.
struct MailProgram: Sendable, CustomTestStringConvertible {
  let name: String
  let mechanisms: [String]

  init(_ name: String, _ mechanisms: String...) {
    self.name = name
    self.mechanisms = mechanisms
  }

  var testDescription: String { name }

  static let all = [
    MailProgram("swaks", "PLAIN", "LOGIN", "CRAM-MD5"),
    MailProgram("curl", "PLAIN", "PLAIN-IR", "LOGIN", "LOGIN-IR", "CRAM-MD5"),
    MailProgram("msmtp", "PLAIN", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5", "ANY"),
    MailProgram("mutt", "PLAIN", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5"),
    MailProgram("s-nail", "PLAIN", "LOGIN", "CRAM-MD5"),
    MailProgram("smtplib", "PLAIN", "PLAIN-LATE", "LOGIN", "LOGIN-LATE", "CRAM-MD5", "ANY"),
    MailProgram("net-smtp", "PLAIN", "LOGIN", "CRAM-MD5"),
    MailProgram("phpmailer", "PLAIN", "LOGIN", "CRAM-MD5", "ANY"),
    MailProgram("nodemailer", "PLAIN", "LOGIN", "CRAM-MD5", "ANY"),
    MailProgram("javamail", "PLAIN", "LOGIN", "ANY"),
  ]
}

extension System {
  @Suite struct `The programs that sign in` {
    private func send(_ program: MailProgram, to recipient: String, _ environment: [String: String]) async throws
      -> Finished
    {
      try await run(
        "\(Checkout.path)/Tests/System/clients/\(program.name)", [],
        environment: environment.merging(["TO": recipient]) { $1 })
    }

    @Test(arguments: MailProgram.all)
    func `send as the app whose password they have, and not without`(program: MailProgram) async throws {
      let host = try await SignInRelay.started()
      for mechanism in program.mechanisms {
        let place = mechanism == "CRAM-MD5" ? SignInRelay.Place.cramMD5 : .signIn
        try await send(program, by: mechanism, at: place, of: host)
      }
      for place in [SignInRelay.Place.starttls, .tls] {
        try await send(program, by: program.mechanisms[0], at: place, of: host)
      }
      let open = try await send(program, to: "open@there.test", host.environment(.open, nil))
      try open.wentWell()
      #expect(try await host.kept(for: "open@there.test").contains("(from app known (uid \(getuid())))"), "\(open)")
      try await isRefused(program, by: host)
    }

    private func send(
      _ program: MailProgram, by mechanism: String, at place: SignInRelay.Place, of host: SignInRelay
    ) async throws {
      let credentials = host.credentials(for: mechanism)
      let recipient = "\(mechanism).\(place)@there.test"
      let sent = try await send(program, to: recipient, host.environment(place, credentials, by: mechanism)).wentWell()
      let message = try await host.kept(for: recipient)
      #expect(message.contains("(from app \(credentials.app) (uid \(getuid())))"), "\(mechanism): \(sent)\n\(message)")
      #expect(message.contains(place.security == "none" ? "with ESMTPA id" : "with ESMTPSA id"), "\(message)")
      #expect(message.contains("\nSubject: Invoice\n") && message.contains("\nHello.\n"), "\(message)")
      #expect(
        host.relay.log.contains(/event=accepted id=\d+ entity=acme app=\w+ who="uid \d+" client=127.0.0.1/))
    }

    private func isRefused(_ program: MailProgram, by host: SignInRelay) async throws {
      let unsigned = try await send(program, to: "unsigned@there.test", host.environment(.signIn, nil))
      #expect(unsigned.status != 0 && host.relay.log.contains("reply=\"530 5.7.0 Sign in: "), "\(unsigned)")
      let guess = SignInRelay.Credentials(app: "crm", password: "guess")
      let wrong = try await send(
        program, to: "wrong@there.test", host.environment(.signIn, guess, by: program.mechanisms[0]))
      #expect(wrong.status != 0 && host.relay.log.contains("reply=\"535 5.7.8 User name or password"), "\(wrong)")
      let kept = try host.relay.keptMessages()
      #expect(!kept.contains { $0.contains("unsigned@there.test") || $0.contains("wrong@there.test") })
    }
  }
}
