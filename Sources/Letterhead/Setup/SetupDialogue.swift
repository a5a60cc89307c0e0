// The questions of `letterhead setup` as a value: what is known decides what is asked next. Pure: who types the answers,
// and who looks for a domain's mail servers, is the command's.

import Access
import Foundation
package import Mailboxes
import Platform
package import SMTP
import Submission

package struct SetupDialogue: Sendable, Equatable {
  package enum Step: Sendable, Equatable {
    case ask(SetupQuestion)
    /// Whose mailbox it is may be told by its domain: look, and tell `note(provider:)`.
    case find(Address)
    case finished(SetupChoices)
  }

  /// What this host and its configuration make of the questions.
  package struct Host: Sendable, Equatable {
    package var providers: Providers
    /// A free one, or the one there is.
    package var listener: String
    /// The configuration has listeners, so none is asked for.
    package var hasListeners: Bool
    /// Providers whose registration the configuration has.
    package var registered: Set<String>
    /// The configuration has it, so nothing of it is asked for.
    package var entity: SetupEntity?

    package init(
      providers: Providers, listener: String, hasListeners: Bool = false, registered: Set<String> = [],
      entity: SetupEntity? = nil
    ) {
      self.providers = providers
      self.listener = listener
      self.hasListeners = hasListeners
      self.registered = registered
      self.entity = entity
    }
  }

  /// In the place of a client id: whoever has an app password needs none.
  package static let password = "password"

  private let host: Host
  private var name: String?
  private var entity: String?
  private var address: Address?
  private var server: SetupChoices.ServerChoice?
  private var region: String?
  private var username: String?
  private var clientID: String?
  private var usesPassword = false
  private var listener: String?
  private var notify: [Address]?
  private var hasLooked = false
  private var found: Provider?

  package init(on host: Host) {
    self.host = host
    if host.hasListeners { listener = host.listener }
    if let known = host.entity { (entity, name, notify) = (known.key, known.name, []) }
  }

  package var step: Step {
    if name == nil { return ask(.name) }
    guard let entity, let name else { return ask(.entity) }
    guard let address else { return ask(.address) }
    guard let server else { return hasLooked ? ask(.server) : .find(address) }
    if needsRegion, region == nil { return ask(.region) }
    if needsUsername, username == nil { return ask(.username) }
    if needsClient, clientID == nil { return ask(.clientID) }
    guard let listener else { return ask(.listener) }
    guard let notify else { return ask(.notify) }
    return .finished(
      SetupChoices(
        name: name, entity: entity, address: address, server: server, region: region, username: username,
        clientID: clientID.flatMap { $0.isEmpty ? nil : $0 }, usesPassword: usesPassword, listener: listener,
        notify: notify == [address] ? [] : notify, keepsListeners: host.hasListeners,
        keepsEntity: host.entity != nil))
  }

  /// - Parameter provider: whom the domain of the address belongs to for certain; `nil`: nobody can tell.
  package mutating func note(provider: Provider?) {
    hasLooked = true
    found = provider
  }

  /// An answer to the question that stands.
  ///
  /// - Returns: why it is not taken, in a sentence; `nil`: it is, and there is a next step.
  package mutating func answer(_ text: String) -> String? {
    guard case .ask(let question) = step else { return nil }
    let text = text.trimmingCharacters(in: .whitespaces)
    return set(question.topic, text.isEmpty ? question.usual ?? "" : text)
  }

  // MARK: Answers

  /// The same, told before it is asked.
  package mutating func set(_ topic: SetupTopic, _ text: String) -> String? {
    switch topic {
    case .name: setName(text)
    case .entity: setEntity(text)
    case .address: setAddress(text)
    case .server: setServer(text)
    case .region: setRegion(text)
    case .username: setUsername(text)
    case .clientID: setClient(text)
    case .listener: setListener(text)
    case .notify: setNotify(text)
    }
  }

  private mutating func setName(_ text: String) -> String? {
    guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      return "Write the name that recipients may read, such as Acme S.p.A."
    }
    name = text
    return nil
  }

  private mutating func setEntity(_ text: String) -> String? {
    guard ConfigurationReader.isPlain(text) else {
      return "\"\(text)\" cannot be used in commands. Write small letters, digits, - and _, such as acme."
    }
    entity = text
    return nil
  }

  private mutating func setAddress(_ text: String) -> String? {
    guard let address = Address(text), !address.domain.isEmpty else {
      return "\"\(text)\" is no mail address. Write it whole, such as office@acme.example."
    }
    self.address = address
    return nil
  }

  private mutating func setServer(_ text: String) -> String? {
    if text == Provider.smtp.name {
      return "Write the server itself, such as smtp.acme.example or smtp.acme.example:587."
    }
    if host.providers.named(text) != nil {
      server = .provider(text)
      return nil
    }
    let looksLikeServer = text.contains(".") || text.contains(":") || text == "localhost"
    guard looksLikeServer, let place = HostPort(parsing: text), place.port != 0 else {
      return "\"\(text)\" is no provider that is known here, and no server. Write one of the names that `letterhead "
        + "providers` lists, or a server such as smtp.acme.example:587."
    }
    server = .smtp(text)
    return nil
  }

  private mutating func setRegion(_ text: String) -> String? {
    guard let provider, provider.regions.contains(text) else {
      return "\"\(text)\" is no region of it. Write one of: \(provider?.regions.joined(separator: ", ") ?? "")."
    }
    region = text
    return nil
  }

  private mutating func setUsername(_ text: String) -> String? {
    if text.isEmpty { return "Write the user name as the provider shows it." }
    username = text
    return nil
  }

  private mutating func setClient(_ text: String) -> String? {
    if text.contains(where: \.isWhitespace) { return "An id has no blanks. Leave it empty if you have none yet." }
    usesPassword = text == Self.password
    clientID = usesPassword ? "" : text
    return nil
  }

  private mutating func setListener(_ text: String) -> String? {
    guard case .network(let address, let port)? = ListenerPlace(text), port != 0 else {
      return "\"\(text)\" is no address to listen on. Write it as 127.0.0.1:25."
    }
    guard ClientNetwork.loopback.contains(address) else {
      return "\(text) can be reached from other hosts. Begin with 127.0.0.1:\(port); to let others in, see `allow` in "
        + "letterhead.toml."
    }
    listener = text
    return nil
  }

  private mutating func setNotify(_ text: String) -> String? {
    let texts = text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    let addresses = texts.compactMap { text in Address(text).flatMap { $0.domain.isEmpty ? nil : $0 } }
    guard addresses.count == texts.count else {
      return "One of these is no mail address. Write them with commas between them, such as it@acme.example."
    }
    notify = addresses
    return nil
  }

  // MARK: Questions

  private var provider: Provider? {
    if case .provider(let name)? = server { host.providers.named(name) } else { nil }
  }

  private var needsRegion: Bool { provider?.servers.first?.host.contains("{region}") ?? false }

  /// What the table has is a description of it.
  private var needsUsername: Bool { provider?.login.username.contains(" ") ?? false }

  /// Its OAuth needs an app that is registered there.
  private var needsClient: Bool {
    guard let provider, provider.oauth?.authorizeURL != nil else { return false }
    return !host.registered.contains(provider.name)
  }

  private func ask(_ topic: SetupTopic) -> Step {
    let (why, prompt, usual): (String, String, String?) =
      switch topic {
      case .name:
        ("Mail goes out in the name of an entity: a company, a brand or a project.", "Its name, as people read it", nil)
      case .entity:
        ("Commands and the configuration call it by a short name.", "Short name", Self.key(of: name ?? ""))
      case .address:
        (
          "Every message of it goes out from one mailbox, whatever the app wrote as its sender.",
          "The mailbox's address", nil
        )
      case .server: (whyServer, "Provider or server", found?.name)
      case .region:
        (
          "\(provider?.label ?? "It") has a server for each region: \(provider?.regions.joined(separator: ", ") ?? "").",
          "Region", nil
        )
      case .username:
        (
          "The user name there is \(provider?.login.username ?? ""), and the password is made at: "
            + "\(provider?.login.madeAt ?? "").", "User name", nil
        )
      case .clientID:
        (
          "\(provider?.label ?? "It") wants to know which app asks: an app is registered there once, and has a client id. "
            + "Without one, the next page tells how to register it.\(passwordHint)", "Client id", ""
        )
      case .listener:
        (
          "Apps on this host hand in their mail here; nobody else can reach it.", "Address to listen on", host.listener
        )
      case .notify:
        (
          "Somebody should know when a message cannot be delivered.", "Who is told", address?.text
        )
      }
    return .ask(SetupQuestion(topic: topic, why: why, prompt: prompt, usual: usual))
  }

  private var passwordHint: String {
    guard let login = provider?.login, login.appPassword == .always else { return "" }
    return " To sign in with an app password (\(login.madeAt)), write: \(Self.password)"
  }

  private var whyServer: String {
    guard let found else {
      return "Nothing tells for certain who runs the mail of \(address?.domain ?? "it"). Write a provider's name, as "
        + "`letterhead providers` lists them, or the server that takes its mail."
    }
    return "The mail of \(address?.domain ?? "it") is at \(found.label)."
  }

  /// `acme` of "Acme S.p.A.": the first word, as far as a key may have it.
  static func key(of name: String) -> String {
    let plain = spellings.reduce(name.lowercased()) { $0.replacing($1.0, with: $1.1) }
    let words = plain.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    return words.first.map { String($0.prefix(32)) } ?? "main"
  }

  private static let spellings = [
    ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("é", "e"), ("è", "e"), ("à", "a"), ("ò", "o"), ("ç", "c"),
    ("ñ", "n"), ("å", "a"), ("ø", "o"),
  ]
}
