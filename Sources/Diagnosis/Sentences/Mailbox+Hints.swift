// What is known of signing in at a provider, in words that fit into a remedy.

import Foundation
import Mailboxes

extension Mailbox {
  /// What to look at where a sign-in was refused. Begins a sentence and leaves it open.
  var loginHint: String {
    switch signIn {
    case .none: "Connect \(address) with a password or OAuth"
    case .password: passwordHint
    case .oauth(let grant) where grant.refreshToken == nil: "Check the app's key or secret and its rights on \(address)"
    case .oauth: "Make sure that \(address) can sign in"
    }
  }

  private var passwordHint: String {
    let login = provider.login
    let place = login.madeAt.isEmpty ? [] : ["made at \(login.madeAt)"]
    let name = usernameHint.map { ["user name: \($0)"] } ?? []
    return switch login.appPassword {
    case .always: "Use an app password" + inBrackets(place + name)
    // Where an app password is not always needed, the provider's note says what else may be wrong.
    case .twoFactor:
      "\(note)Check user name and password" + inBrackets(["with a second factor, an app password"] + place + name)
    case .no where provider == .smtp: "Check user name (some servers want what stands before the @) and password"
    case .no: "\(note)Check user name and password" + inBrackets(name)
    }
  }

  private func inBrackets(_ facts: [String]) -> String {
    facts.isEmpty ? "" : " (\(facts.joined(separator: "; ")))"
  }

  private var note: String { provider.note.isEmpty ? "" : "\(provider.note) " }

  /// `nil` where the user name is the address.
  private var usernameHint: String? {
    switch provider.login.username {
    case "address": nil
    case "local-part": "what stands before the @"
    case let name: name
    }
  }

  var appPasswordHint: String {
    provider.login.madeAt.isEmpty ? "in the account's security settings" : "at \(provider.login.madeAt)"
  }

  /// What the sign-in needs on the mailbox, where the server knows who we are and refuses us.
  var rightsHint: String {
    guard case .oauth(let grant) = signIn else { return loginHint }
    if grant.refreshToken != nil {
      return "Check that it is the mailbox of the signed-in user, or a shared one with Full Access"
    }
    if case .serviceAccount = grant.entitlement {
      return "Check that the service account's domain-wide delegation has the mail scope"
    }
    if ProviderFamily(of: self) == .hve {
      return "Let the app into the account in Exchange Online PowerShell (Add-HVEAppAccess), wait five minutes"
    }
    return "Give the app's service principal Full Access to it in Exchange (its object ID is the one under Enterprise "
      + "applications), wait up to an hour"
  }

  /// Where an administrator approves the app: a link where the provider has one.
  var consentPlace: String {
    guard case .oauth(let grant) = signIn, let service = provider.oauth, let template = service.consentURL else {
      return "\(providerName)'s admin console"
    }
    var link = template.replacing(
      "{tenant}", with: grant.tokenURL.absoluteString.value(of: "{tenant}", in: service.tokenURL) ?? service.tenant)
    link += (link.contains("?") ? "&" : "?") + "client_id=\(escaped(grant.clientID))"
    // A person's app has the loopback address registered; one that signs in by itself has none to go back to.
    if grant.refreshToken != nil { link += "&redirect_uri=\(escaped("http://\(service.redirectHost)"))" }
    return link
  }
}

private func escaped(_ text: String) -> String {
  text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
}

/// RFC 3986 §2.3.
private let unreserved = CharacterSet(
  charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
