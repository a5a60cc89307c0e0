// `letterhead connect … --explain`: what to register where before the first sign-in, with the values to copy.

import Letterhead
import Mailboxes

/// The steps for one provider and one way to sign in, as text.
struct Explanation {
  /// One thing to do, and the lines to copy for it.
  struct Instruction {
    let text: String
    var lines: [String] = []

    init(_ text: String, _ lines: String...) {
      self.text = text
      self.lines = lines
    }
  }

  let provider: Provider
  let way: SignInOptions.Way
  let client: Configuration.Client
  let entity: String
  let address: String

  init(
    of provider: Provider, _ way: SignInOptions.Way, _ client: Configuration.Client, entity: String, address: String?
  ) {
    self.provider = provider
    self.way = way
    self.client = client
    self.entity = entity
    self.address = address ?? "ADDRESS"
  }

  /// For a terminal: sentences are wrapped, what is to be copied never is.
  var text: String {
    let numbered = steps.enumerated().map { number, step in
      ([Self.wrapped("\(number + 1). \(step.text)")] + step.lines.map { "     \($0)" }).joined(separator: "\n")
    }
    let note = provider.note.isEmpty ? [] : [Self.wrapped("Note: \(provider.note)")]
    return ([title] + numbered + note).joined(separator: "\n\n")
  }

  private static let columns = 100

  private static func wrapped(_ text: String) -> String {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + word.count < columns {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(lines.isEmpty ? String(word) : "   \(word)")
      }
    }
    return lines.joined(separator: "\n")
  }

  private var title: String {
    switch way {
    case .browser, .paste, .device, .refreshToken: "\(provider.label): a person signs in for \(address)."
    case .appOnly: "\(provider.label): the app itself signs in for \(address), and no person has to."
    case .password:
      "\(provider.label): \(address) signs in with \(appPasswordIsUsual ? "an app password" : "a password")."
    case .noAuth: "\(provider.label): nobody signs in; the server knows this machine by its address."
    }
  }

  private var steps: [Instruction] {
    switch way {
    case .appOnly where provider.transport == .graph: return graphApp
    case .appOnly where provider.transport == .gmailAPI: return gmailServiceAccount
    case _ where provider.transport == .graph: return graphPerson
    case _ where provider.transport == .gmailAPI: return gmailPerson
    case .password: return passwordSteps
    case .noAuth:
      return [Instruction("Have this machine's address allowed at the server, then run:", command("--no-auth"))]
    case .appOnly where provider.oauth?.appOnly == .serviceAccount: return googleServiceAccount
    case .appOnly where provider.name == "hve": return highVolumeApp
    case .appOnly: return isMicrosoft ? microsoftApp : plainApp
    default: return isMicrosoft ? microsoftPerson : isGoogle ? googlePerson : plainPerson
    }
  }

  private var isMicrosoft: Bool { provider.name.hasPrefix("microsoft") || provider.name == "outlook" }
  private var isGoogle: Bool { provider.name.hasPrefix("google") }

  // MARK: What the steps are made of

  var clientID: String { client.id ?? "CLIENT-ID" }
  var tenant: String { client.tenant ?? "TENANT-ID" }
  var scopes: String { provider.oauth?.scopes.joined(separator: " ") ?? "" }
  var appScopes: String { provider.oauth?.appScopes.joined(separator: " ") ?? "" }
  var configurationSection: String { "[oauth.\(provider.name)]" }

  /// As it is registered; in fact a port follows, another each time (RFC 8252 §7.3).
  var redirectURI: String { "http://\(provider.oauth?.redirectHost ?? "127.0.0.1")" }

  func command(_ more: String...) -> String {
    let transport = provider.transport == .smtp ? "" : " --transport \(provider.transport.rawValue)"
    return (["letterhead connect \(entity) --provider \(provider.name)\(transport) --address \(address)"] + more)
      .joined(separator: " ")
  }

  var wayFlag: String {
    switch way {
    case .paste: " --paste"
    case .device: " --device"
    default: ""
    }
  }

  // MARK: Passwords

  private var appPasswordIsUsual: Bool { provider.login.appPassword != .no }

  private var passwordSteps: [Instruction] {
    let login = provider.login
    var steps: [Instruction] = []
    switch login.appPassword {
    case .always: steps.append(Instruction("Make an app password; the account's own is not taken:", login.madeAt))
    case .twoFactor:
      steps.append(Instruction("If the account has a second factor, make an app password for it:", login.madeAt))
    case .no: break
    }
    let username: String =
      switch login.username {
      case "address": ""
      case "local-part": "--username \(address.prefix { $0 != "@" })"
      default: login.username.contains(" ") ? "--username USER" : "--username \(login.username)"
      }
    if login.username.contains(" ") { steps.append(Instruction("The user name is \(login.username).")) }
    let region = provider.regions.isEmpty ? "" : "--region \(provider.regions.joined(separator: "|"))"
    let more = [region, username, "--password-file -"].filter { !$0.isEmpty }.joined(separator: " ")
    steps.append(Instruction("Run this and type the password when it asks:", command(more)))
    return steps
  }

  // MARK: OAuth anywhere

  private var plainPerson: [Instruction] {
    [
      Instruction(
        "Register an app at \(provider.label) as a public (native, desktop) client:", "Redirect URI   \(redirectURI)",
        "Scopes         \(scopes)"),
      Instruction(
        "Run this, with the client id it was given, and open the address it prints:",
        command("--client-id \(clientID)\(wayFlag)")),
    ]
  }

  private var plainApp: [Instruction] {
    [
      Instruction(
        "Register an app at \(provider.label) that may sign in by itself (client credentials):",
        "Scopes   \(appScopes)"),
      Instruction(
        "Put the secret on the first line of a file that only you can read, and run:",
        command("--app-only --client-id \(clientID) --client-secret-file FILE")),
    ]
  }
}
