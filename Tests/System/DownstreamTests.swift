// Mail servers with the relay as their smart host: known by their user, and by a password.

import Foundation
import Support
import Testing

/// A script of `Tests/System/downstream`.
struct MailServer: Sendable, CustomTestStringConvertible {
  let name: String
  /// Whose sockets to the relay are; the numbers are those of `with-debian`.
  let uid: UInt32

  var testDescription: String { name }

  static let all = [
    MailServer(name: "postfix", uid: getpwnam("postfix")?.pointee.pw_uid ?? 0),
    MailServer(name: "exim", uid: 51_001),
    MailServer(name: "opensmtpd", uid: 51_002),
    MailServer(name: "nullmailer", uid: getpwnam("mail")?.pointee.pw_uid ?? 0),
    MailServer(name: "dma", uid: getpwnam("mail")?.pointee.pw_uid ?? 0),
  ]
}

extension System {
  @Suite struct `Mail servers behind the relay` {
    @Test(arguments: MailServer.all)
    func `are known by their user, and sign in where they have to`(server: MailServer) async throws {
      let host = try await SignInRelay.started(knowing: server.uid)
      try await send(by: server, to: "known", at: .open, of: host, as: nil)
      // OpenSMTPD signs in after TLS only.
      let place = server.name == "opensmtpd" ? SignInRelay.Place.starttls : .signIn
      try await send(by: server, to: "crm", at: place, of: host, as: host.crm)
    }

    /// - Parameter app: the local part of the recipient, and the app that the message is to come from.
    private func send(
      by server: MailServer, to app: String, at place: SignInRelay.Place, of host: SignInRelay,
      as credentials: SignInRelay.Credentials?
    ) async throws {
      let folder = try TemporaryDirectory()
      chmod(folder.path, 0o755)
      let here = ["TO": "\(app)@there.test", "DIR": folder.path]
      let mail = "From: erp@localhost\nTo: \(app)@there.test\nSubject: Invoice\n\nHello.\n.\n..\n"
      let sent = try await run(
        "\(Checkout.path)/Tests/System/downstream/\(server.name)", [],
        environment: host.environment(place, credentials).merging(here) { $1 }, input: mail
      ).wentWell()
      let message = try await host.kept(for: "\(app)@there.test")
      #expect(message.contains("(from app \(app) (uid \(server.uid)))"), "\(sent)\n\(message)")
      #expect(message.hasSuffix("\n\nHello.\n.\n..\n"), "\(message)")
    }
  }
}
