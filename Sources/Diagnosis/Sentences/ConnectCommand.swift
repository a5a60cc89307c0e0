// The command that connects a mailbox in the same way but for what has to change: `reconnect` for one that is saved, and
// for one that somebody is connecting the command as it was typed.

package import Mailboxes
import SMTP

package struct ConnectCommand {
  /// How to sign in.
  package enum SignInChoice {
    case same
    case password, oauth
    case none
  }

  let mailbox: Mailbox
  /// Another one, or the same to be looked at. `nil`: it need not be named where the command knows it.
  var server: Server?
  var way = SignInChoice.same
  /// A further CA has to be given.
  var asksForAuthority = false
  /// Another way out than the mailbox's; another sign-in is needed for it.
  var transport: TransportKind?

  package var text: String { (isReconnect ? reconnect : connect).joined(separator: " ") }

  /// What is saved need not be typed again, unless another way to sign in wants other options.
  private var isReconnect: Bool {
    (mailbox.generation != 0 || mailbox.given.isReconnect) && way == .same && transport == nil
  }

  package init(
    mailbox: Mailbox, server: Server? = nil, way: SignInChoice = .same, asksForAuthority: Bool = false,
    transport: TransportKind? = nil
  ) {
    self.mailbox = mailbox
    self.server = server
    self.way = way
    self.asksForAuthority = asksForAuthority
    self.transport = transport
  }

  private var isDescribed: Bool { mailbox.provider == .smtp }

  private var reconnect: [String] {
    let typed = (mailbox.given.signIn ?? []).map(shellWord)
    let file = mailbox.given.authoritiesFile.map(shellWord) ?? (asksForAuthority ? "FILE" : nil)
    return ["letterhead", "reconnect", mailbox.entity] + configuration
      + (isDescribed ? server.map(words) ?? [] : []) + typed + (file.map { ["--ca-file", $0] } ?? [])
  }

  private var connect: [String] {
    let target =
      isDescribed
      ? words(for: server ?? mailbox.server) : ["--provider", mailbox.provider.name] + transportWords + region
    let address = mailbox.provider == .sandbox ? [] : ["--address", shellWord(mailbox.address.text)]
    return ["letterhead", "connect", mailbox.entity] + configuration + target + address + signIn + authority
  }

  // MARK: Parts

  private var configuration: [String] { mailbox.given.configuration.map { ["--config", shellWord($0)] } ?? [] }

  private func words(for server: Server) -> [String] {
    let host = server.host.contains(":") ? "[\(server.host)]" : server.host
    return ["--smtp", shellWord("\(host):\(server.port)"), "--security", server.security.rawValue]
  }

  private var transportWords: [String] {
    let wanted = transport ?? mailbox.provider.transport
    return wanted == mailbox.provider.transport && wanted == .smtp ? [] : ["--transport", wanted.rawValue]
  }

  private var region: [String] {
    let template = mailbox.provider.servers.first?.host ?? ""
    return mailbox.server.host.value(of: "{region}", in: template).map { ["--region", shellWord($0)] } ?? []
  }

  private var authority: [String] {
    guard mailbox.authoritiesPEM != nil || asksForAuthority else { return [] }
    return ["--ca-file", mailbox.given.authoritiesFile.map(shellWord) ?? "FILE"]
  }

  private var signIn: [String] {
    switch way {
    case .none: ["--no-auth"]
    case .password: ["--password-file", "-"]
    case .oauth: isDescribed ? Self.unknownClient : []
    case .same: mailbox.given.signIn.map { $0.map(shellWord) } ?? sameSignIn
    }
  }

  /// What an identity server of one's own has to be asked for.
  private static let unknownClient = [
    "--auth", "xoauth2", "--token-url", "URL", "--client-id", "ID", "--refresh-token-file", "FILE",
  ]

  private var sameSignIn: [String] {
    switch mailbox.signIn {
    case .none: mailbox.provider == .sandbox ? [] : ["--no-auth"]
    case .password(let username, _): option(username) + ["--password-file", "-"]
    case .oauth(let grant):
      switch grant.entitlement {
      // A person's sign-in with the browser is what `connect` does at a provider where nothing is said.
      case .refreshToken: option(grant.username) + (isDescribed ? client(of: grant) : [])
      case .clientCredentials, .serviceAccount: ["--app-only"]
      }
    }
  }

  private func client(of grant: OAuthGrant) -> [String] {
    [
      "--auth", grant.mechanism.rawValue, "--token-url", shellWord("\(grant.tokenURL)"), "--client-id",
      shellWord(grant.clientID),
    ] + proof(of: grant) + ["--refresh-token-file", "FILE"]
  }

  private func proof(of grant: OAuthGrant) -> [String] {
    switch grant.proof {
    case .none: []
    case .secret, .certificate: ["--client-secret-file", "FILE"]
    case .assertionFile(let path): ["--client-assertion-file", shellWord(path)]
    case .secretCommand(let words): ["--client-secret-command", shellWord(words.joined(separator: " "))]
    }
  }

  private func option(_ username: String) -> [String] {
    username == mailbox.address.text ? [] : ["--username", shellWord(username)]
  }
}

/// Quoted so that a shell takes it for one word. Administrators copy these commands, and whoever connected the mailbox chose
/// the words: `$(…)` is a lawful user name, and even a lawful local part.
package func shellWord(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy { octet in
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= octet || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= octet
      || UInt8(ascii: "0")...UInt8(ascii: "9") ~= octet || "@%+=:,./_-[]".utf8.contains(octet) || octet >= 0x80
  }
  return isPlain && !text.isEmpty ? text : "'\(text.replacing("'", with: "'\\''"))'"
}

extension String {
  /// The text in the place of `mark`, where the rest is equal to `template`.
  package func value(of mark: String, in template: String) -> String? {
    guard let place = template.firstRange(of: mark) else { return nil }
    let (before, behind) = (template[..<place.lowerBound], template[place.upperBound...])
    guard hasPrefix(before), hasSuffix(behind), count > before.count + behind.count else { return nil }
    return String(dropFirst(before.count).dropLast(behind.count))
  }
}
