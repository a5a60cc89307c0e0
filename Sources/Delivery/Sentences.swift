// Fills the marks in the table's sentences with what is known of the mailbox.

package import Mailboxes
import SMTP

/// `{provider}`, `{address}`, `{host}`, `{port}`, `{entity}`, and the commands `{connect}`, `{test}`; to connect the same
/// port otherwise, `{connect-tls}` and `{connect-starttls}`; to connect the usual ports, `{connect-465}`, `{connect-587}`.
package struct Sentences: Sendable {
  /// The remedy of what passes without anybody's help.
  package static let nothing = "Nothing to do: Letterhead tries again by itself; to look now, run: {test}"

  /// The same for a mailbox that is only being tested: nothing is saved, and nobody tries again.
  private static let later = "It may pass: wait a little, then run: {connect}"

  private let mailbox: Mailbox

  package init(for mailbox: Mailbox) { self.mailbox = mailbox }

  package func fill(_ sentence: String) -> String {
    guard sentence.contains("{") else { return sentence }
    let isSaved = mailbox.generation != 0
    return marks.reduce(sentence == Self.nothing && !isSaved ? Self.later : sentence) {
      $0.replacing($1.mark, with: $1.text)
    }
  }

  private var marks: [(mark: String, text: String)] {
    let server = mailbox.server
    return [
      ("{provider}", providerName), ("{address}", mailbox.address.text), ("{host}", server.host),
      ("{port}", String(server.port)), ("{entity}", mailbox.entity),
      ("{connect}", connect(port: server.port, server.security)),
      ("{connect-tls}", connect(port: server.port, .tls)), ("{connect-465}", connect(port: 465, .tls)),
      ("{connect-starttls}", connect(port: server.port, .starttls)), ("{connect-587}", connect(port: 587, .starttls)),
      ("{test}", "letterhead test \(mailbox.entity)"),
    ]
  }

  private var providerName: String {
    mailbox.provider == .smtp ? mailbox.server.host : mailbox.provider.label
  }

  /// The command that connects this mailbox anew, without its secrets.
  private func connect(port: UInt16, _ security: Security) -> String {
    let start = "letterhead connect \(mailbox.entity)"
    if mailbox.provider != .smtp {
      return "\(start) --provider \(mailbox.provider.name) --address \(mailbox.address)"
    }
    let host = mailbox.server.host.contains(":") ? "[\(mailbox.server.host)]" : mailbox.server.host
    let server = "--smtp \(host):\(port) --security \(security.rawValue)"
    return "\(start) \(server) --address \(mailbox.address) \(signIn)"
  }

  private var signIn: String {
    switch mailbox.signIn {
    case .none: "--no-auth"
    case .password(let username, _):
      (username == mailbox.address.text ? "" : "--username \(username) ") + "--password-file FILE"
    case .oauth(let grant):
      "--auth \(grant.mechanism.rawValue) --token-url \(grant.tokenURL) --client-id \(grant.clientID) "
        + "--refresh-token-file FILE"
    }
  }
}

extension Mailbox {
  /// An access token can be renewed; a refused password cannot.
  package var signsInByToken: Bool {
    if case .oauth = signIn { true } else { false }
  }
}
