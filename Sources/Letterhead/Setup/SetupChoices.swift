// What a person has answered to `letterhead setup`, complete: the configuration that is written and the connection that
// is made by it.

package import SMTP

/// An entity that a configuration has.
package struct SetupEntity: Sendable, Equatable {
  package let key: String
  /// As people read it.
  package let name: String

  package init(key: String, name: String) {
    self.key = key
    self.name = name
  }
}

package struct SetupChoices: Sendable, Equatable {
  /// Where the mailbox's mail is handed over.
  package enum ServerChoice: Sendable, Equatable {
    case provider(String)
    /// As it is typed: `smtp.acme.example:587`.
    case smtp(String)
  }

  /// As people read it.
  package var name: String
  /// The key of its section.
  package var entity: String
  package var address: Address
  package var server: ServerChoice
  package var region: String?
  /// Whom to sign in as, where neither the address nor the provider tells it.
  package var username: String?
  /// Of the app that is registered at the provider; `nil`: none is yet, or none is needed.
  package var clientID: String?
  /// A password or app password, although the provider has OAuth.
  package var usesPassword = false
  package var listener: String
  /// Empty: whoever reads the mailbox.
  package var notify: [Address]
  /// The configuration has a listener already.
  package var keepsListeners = false
  /// The configuration has the entity already.
  package var keepsEntity = false

  /// The tables that say it, without those that the configuration has. Empty: it has all of them.
  package var toml: String {
    var tables = keepsListeners ? [] : ["[[listener]]\naddress = \(Self.text(listener))\n"]
    if !keepsEntity { tables.append(entityTable) }
    if let clientID, case .provider(let provider) = server {
      tables.append("[oauth.\(provider)]\nclient_id = \(Self.text(clientID))\n")
    }
    return tables.joined(separator: "\n")
  }

  private var entityTable: String {
    let table = "[entity.\(entity)]\nname = \(Self.text(name))\ndefault = true\n"
    return notify.isEmpty ? table : table + "notify = \(ConfigurationValue.texts(notify.map(\.text)).toml)\n"
  }

  private static func text(_ text: String) -> String { ConfigurationValue.text(text).toml }

  /// What `letterhead connect` is given.
  package var connectWords: [String] {
    let server =
      switch server {
      case .provider(let name): ["--provider", name]
      case .smtp(let server): ["--smtp", server]
      }
    return [entity] + server + (region.map { ["--region", $0] } ?? []) + (username.map { ["--username", $0] } ?? [])
      + ["--address", address.text]
  }
}
