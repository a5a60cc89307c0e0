// The command that connects a mailbox anew in the same way, without its secrets.

import Mailboxes
import SMTP

extension Mailbox {
  /// - Parameters:
  ///   - port: of a server that a person described; a known provider's port needs no option.
  ///   - security: likewise.
  func connectCommand(port: UInt16, _ security: Security) -> String {
    let host = server.host.contains(":") ? "[\(server.host)]" : server.host
    let address = shellWord(address.text)
    let isDescribed = provider == .smtp
    let target =
      isDescribed
      ? "smtp \(shellWord("\(host):\(port)")) --security \(security.rawValue)" : "provider \(provider.name)\(region)"
    let options = (isDescribed ? plainSignIn : providerSignIn) + (authoritiesPEM == nil ? [] : ["--ca-file FILE"])
    return (["letterhead connect \(entity) --\(target) --address \(address)"] + options).joined(separator: " ")
  }

  private var region: String {
    let template = provider.servers.first?.host ?? ""
    return server.host.value(of: "{region}", in: template).map { " --region \(shellWord($0))" } ?? ""
  }

  /// A person's sign-in with the browser is what `connect` does where nothing is said.
  private var providerSignIn: [String] {
    switch signIn {
    case .none: provider == .sandbox ? [] : ["--no-auth"]
    case .password(let username, _): option(username) + ["--password-file FILE"]
    case .oauth(let grant):
      switch grant.entitlement {
      case .refreshToken: option(grant.username)
      case .clientCredentials, .serviceAccount: ["--app-only"]
      }
    }
  }

  private var plainSignIn: [String] {
    switch signIn {
    case .none: ["--no-auth"]
    case .password(let username, _): option(username) + ["--password-file FILE"]
    case .oauth(let grant):
      option(grant.username)
        + [
          "--auth \(grant.mechanism.rawValue) --token-url \(shellWord("\(grant.tokenURL)"))"
            + " --client-id \(shellWord(grant.clientID))"
        ]
        + (grant.proof == .none ? [] : ["--client-secret-file FILE"]) + ["--refresh-token-file FILE"]
    }
  }

  private func option(_ username: String) -> [String] {
    username == address.text ? [] : ["--username \(shellWord(username))"]
  }
}

/// Quoted so that a shell takes it for one word. Administrators copy these commands, and whoever connected the mailbox chose the
/// words: `$(…)` is a lawful user name, and even a lawful local part.
private func shellWord(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy { octet in
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= octet || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= octet
      || UInt8(ascii: "0")...UInt8(ascii: "9") ~= octet || "@%+=:,./_-[]".utf8.contains(octet) || octet >= 0x80
  }
  return isPlain ? text : "'\(text.replacing("'", with: "'\\''"))'"
}

extension String {
  /// The text in the place of `mark`, where the rest is equal to `template`.
  func value(of mark: String, in template: String) -> String? {
    guard let place = template.firstRange(of: mark) else { return nil }
    let (before, behind) = (template[..<place.lowerBound], template[place.upperBound...])
    guard hasPrefix(before), hasSuffix(behind), count > before.count + behind.count else { return nil }
    return String(dropFirst(before.count).dropLast(behind.count))
  }
}
