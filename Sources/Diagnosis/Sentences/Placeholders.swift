// The sentences of rules and errors have `{…}` placeholders; here they get their values from the mailbox concerned.

package import Foundation
package import Mailboxes
import SMTP

/// The values of all placeholders for one mailbox: `{provider}`, `{address}`, `{host}`, `{port}`, `{entity}`, `{client}`
/// (the app's client ID), `{login-host}` (the sign-in service), `{clock}` (this machine's).
/// Commands: `{connect}`, `{test}`; to connect the same port otherwise, `{connect-tls}` and `{connect-starttls}`; to
/// connect the usual ports, `{connect-465}`, `{connect-587}`; with a further CA, `{connect-ca}`.
/// What is known of the provider: `{login}`, what to look at where a sign-in is refused; `{app-password}`, where one
/// is made; `{credentials}`, what is shown at sign-in; `{rights}`, what the sign-in needs on the mailbox; `{consent}`, where an administrator approves the app.
package struct Placeholders: Sendable {
  /// In place of ``Assessment/nothingToDo`` for a mailbox that is only being tested: nothing is saved, so nobody tries
  /// again.
  private static let later = "It may pass: wait a little, then run: {connect}"

  private let values: [(mark: String, text: String)]
  private let isSaved: Bool

  package init(for mailbox: Mailbox, now: Date) {
    values = mailbox.values(now: now)
    isSaved = mailbox.generation != 0
  }

  private init(_ values: [(mark: String, text: String)]) {
    self.values = values
    isSaved = true
  }

  package func fill(_ sentence: String) -> String {
    guard sentence.contains("{") else { return sentence }
    return values.reduce(sentence == Assessment.nothingToDo && !isSaved ? Self.later : sentence) {
      $0.replacing($1.mark, with: $1.text)
    }
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

  fileprivate func values(now: Date) -> [(mark: String, text: String)] {
    let grant: OAuthGrant? = if case .oauth(let grant) = signIn { grant } else { nil }
    let connect = connectCommand(port: server.port, server.security)
    return [
      ("{provider}", providerName), ("{address}", address.text), ("{host}", server.host),
      ("{port}", String(server.port)), ("{entity}", entity), ("{client}", grant?.clientID ?? "of the app"),
      ("{login-host}", grant?.tokenURL.host() ?? providerName), ("{clock}", now.ISO8601Format()),
      ("{connect}", connect),
      ("{connect-tls}", connectCommand(port: server.port, .tls)), ("{connect-465}", connectCommand(port: 465, .tls)),
      ("{connect-starttls}", connectCommand(port: server.port, .starttls)),
      ("{connect-587}", connectCommand(port: 587, .starttls)),
      ("{connect-ca}", authoritiesPEM == nil ? "\(connect) --ca-file FILE" : connect),
      // Nothing is saved that could be tested while it is being connected.
      ("{test}", generation == 0 ? connect : "letterhead test \(entity)"),
      ("{login}", loginHint), ("{app-password}", appPasswordHint), ("{rights}", rightsHint),
      ("{consent}", consentPlace), ("{credentials}", grant == nil ? "user name or password" : "its token"),
    ]
  }
}
