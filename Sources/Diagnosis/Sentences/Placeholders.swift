// The sentences of rules and errors have `{…}` placeholders; here they get their values from the mailbox concerned.

package import Foundation
package import Mailboxes
import SMTP

/// The values of all placeholders for one mailbox: `{provider}`, `{address}`, `{host}`, `{port}`, `{entity}`, `{client}`
/// (the app's client ID), `{login-host}` (the sign-in service), `{clock}` (this machine's).
/// Commands: `{connect}`, `{test}`; to connect the same port otherwise, `{connect-tls}` and `{connect-starttls}`; to
/// connect the usual ports, `{connect-465}`, `{connect-587}`; with a further CA, `{connect-ca}`; to sign in otherwise,
/// `{connect-oauth}`, `{connect-password}`, `{connect-no-auth}`; by SMTP in place of the mail API, `{connect-smtp}`. For a saved mailbox they are `letterhead reconnect`, where
/// nothing else is needed than a new secret or another server.
/// What is known of the provider: `{login}`, what to look at where a sign-in is refused; `{app-password}`, where one
/// is made; `{credentials}`, what is shown at sign-in; `{rights}`, what the sign-in needs on the mailbox; `{consent}`,
/// where an administrator approves the app.
package struct Placeholders: Sendable {
  /// In place of ``Assessment/nothingToDo`` for a mailbox that is only being tested: nothing is saved, so nobody tries
  /// again.
  private static let later = "It may pass: wait a little, then run: {connect}"

  /// What is said of a sign-in that is saved, and how that reads before anything is saved.
  private static let savedWords = [("no longer accepts the saved", "does not accept the"), ("the saved ", "the ")]

  private let values: [(mark: String, text: String)]
  private let isSaved: Bool

  /// - Parameter class: of the fault that the sentences are about. Where only the sign-in is meant, a command need not name
  ///   the server.
  package init(for mailbox: Mailbox, about class: FaultClass = .policy, now: Date) {
    values = mailbox.values(about: `class`, now: now)
    isSaved = mailbox.generation != 0
  }

  private init(_ values: [(mark: String, text: String)]) {
    self.values = values
    isSaved = true
  }

  package func fill(_ sentence: String) -> String {
    let sentence = isSaved ? sentence : beforeSaving(sentence)
    guard sentence.contains("{") else { return sentence }
    return values.reduce(sentence) { $0.replacing($1.mark, with: $1.text) }
  }

  private func beforeSaving(_ sentence: String) -> String {
    if sentence == Assessment.nothingToDo { return Self.later }
    return Self.savedWords.reduce(sentence) { $0.replacing($1.0, with: $1.1) }
  }

  /// For a page about no mailbox in particular.
  package static let onPaper = onPaper(provider: "the provider")

  /// For words about no mailbox in particular, at a provider known by its label.
  package static func onPaper(provider: String) -> Placeholders {
    Placeholders([
      ("{provider}", provider), ("{address}", "ADDRESS"), ("{host}", "HOST"), ("{port}", "PORT"),
      ("{entity}", "ENTITY"), ("{client}", "CLIENT-ID"), ("{login-host}", "the sign-in service"), ("{clock}", "TIME"),
      ("{connect}", "letterhead connect ENTITY …"), ("{test}", "letterhead test ENTITY"),
      ("{connect-tls}", "letterhead connect ENTITY --smtp HOST:PORT --security tls …"),
      ("{connect-465}", "letterhead connect ENTITY --smtp HOST:465 --security tls …"),
      ("{connect-starttls}", "letterhead connect ENTITY --smtp HOST:PORT --security starttls …"),
      ("{connect-587}", "letterhead connect ENTITY --smtp HOST:587 --security starttls …"),
      ("{connect-ca}", "letterhead connect ENTITY … --ca-file FILE"),
      ("{connect-oauth}", "letterhead connect ENTITY …"),
      ("{connect-smtp}", "letterhead connect ENTITY … --transport smtp"),
      ("{connect-password}", "letterhead connect ENTITY … --password-file -"),
      ("{connect-no-auth}", "letterhead connect ENTITY … --no-auth"),
      ("{login}", "Check user name and password, or sign in as ADDRESS anew"),
      ("{app-password}", "in the account's security settings"),
      ("{rights}", "Check that it is the mailbox of the signed-in user, or that the app has Full Access to it"),
      ("{consent}", "the organisation's admin-consent page (Letterhead prints its address)"),
      ("{credentials}", "user name, password or token"),
    ])
  }
}

extension Mailbox {
  /// An access token can be renewed; a refused password cannot.
  package var signsInByToken: Bool {
    if case .oauth = signIn { true } else { false }
  }

  /// As a sentence names it.
  var providerName: String { provider == .smtp ? server.host : provider.label }

  /// - Parameters:
  ///   - server: another one, or the same to be looked at.
  func connectCommand(
    at server: Server? = nil, by way: ConnectCommand.SignInChoice = .same, withAuthority asks: Bool = false,
    over transport: TransportKind? = nil
  ) -> String {
    ConnectCommand(mailbox: self, server: server, way: way, asksForAuthority: asks, transport: transport).text
  }

  private func connectCommand(port: UInt16, _ security: Security) -> String {
    connectCommand(at: Server(host: server.host, port: port, security: security))
  }

  private var testCommand: String {
    "letterhead test \(entity)" + (given.configuration.map { " --config \(shellWord($0))" } ?? "")
  }

  fileprivate func values(about class: FaultClass, now: Date) -> [(mark: String, text: String)] {
    let grant: OAuthGrant? = if case .oauth(let grant) = signIn { grant } else { nil }
    let isSecretAlone = [.auth, .consent].contains(`class`)
    let connect = connectCommand(at: isSecretAlone ? nil : server)
    return [
      ("{provider}", providerName), ("{address}", address.text), ("{host}", server.host),
      ("{port}", String(server.port)), ("{entity}", entity), ("{client}", grant?.clientID ?? "of the app"),
      ("{login-host}", grant?.tokenURL.host() ?? providerName), ("{clock}", now.ISO8601Format()),
      ("{connect}", connect),
      ("{connect-tls}", connectCommand(port: server.port, .tls)), ("{connect-465}", connectCommand(port: 465, .tls)),
      ("{connect-starttls}", connectCommand(port: server.port, .starttls)),
      ("{connect-587}", connectCommand(port: 587, .starttls)),
      ("{connect-ca}", connectCommand(withAuthority: true)),
      ("{connect-smtp}", connectCommand(over: .smtp)), ("{connect-oauth}", connectCommand(by: .oauth)),
      ("{connect-password}", connectCommand(by: .password)),
      ("{connect-no-auth}", connectCommand(by: .none)),
      // Nothing is saved that could be tested while it is being connected.
      ("{test}", generation == 0 ? connect : testCommand),
      ("{login}", loginHint), ("{app-password}", appPasswordHint), ("{rights}", rightsHint),
      ("{consent}", consentPlace), ("{credentials}", grant == nil ? "user name or password" : "its token"),
    ]
  }
}
