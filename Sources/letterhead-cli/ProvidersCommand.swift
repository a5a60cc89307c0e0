// `letterhead providers`: what is known of mail providers before anybody has signed in there.

import ArgumentParser
import Foundation
import Letterhead
import Mailboxes

struct ProvidersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "providers",
    abstract: "List the providers Letterhead knows, or show one.",
    discussion: """
      With a name it prints everything that is known of that provider, as a section of the configuration: paste it there \
      and change it to have it otherwise. A section of the configuration already there is taken into account. \
      Any other server goes by the name smtp; sandbox is built in, and keeps mail as files.

      Example: letterhead providers microsoft
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Argument(
    help: ArgumentHelp("The provider to show.", valueName: "name"),
    completion: .providers)
  var name: String?

  func run() throws {
    // The table is there before any configuration is; only where there is one may it be wrong.
    let providers = try config.exists ? config.read().providers : .builtIn
    guard let name else { return try list(providers.all) }
    guard let provider = providers.named(name) else {
      throw CommandFailure("There is no provider \"\(name)\". Run: letterhead providers")
    }
    if json.isOn {
      try printJSON(ProviderRow(provider))
    } else {
      print(provider.meaning ?? provider.section)
    }
  }

  private func list(_ all: [Provider]) throws {
    if json.isOn { return try printJSON(all.map(ProviderRow.init)) }
    let width = all.map(\.name.count).max() ?? 0
    for provider in all {
      let name = provider.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      let label = provider.label.padding(toLength: 30, withPad: " ", startingAt: 0)
      print("\(name)\(label)\(provider.waysToSignIn)")
    }
  }
}

/// Name and section of a provider, for programs.
private struct ProviderRow: Encodable {
  let provider: Provider

  init(_ provider: Provider) { self.provider = provider }

  private struct ColumnName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: ColumnName.self)
    try container.encode(provider.name, forKey: ColumnName(stringValue: "name"))
    for (key, value) in provider.entries { try container.encode(value, forKey: ColumnName(stringValue: key)) }
  }
}

extension Provider {
  /// Of those that are in no table, and in no configuration either.
  fileprivate var meaning: String? {
    switch self {
    case .smtp:
      "Any mail server that is no provider of the table, named by whoever connects it:\n"
        + "  letterhead connect ENTITY --smtp HOST[:PORT] --address ADDRESS --password-file -"
    case .sandbox:
      "Built in: takes mail and keeps it as files, below sandbox/ in the state directory. Nothing leaves this host:\n"
        + "  letterhead connect ENTITY --provider sandbox"
    default: nil
    }
  }

  fileprivate var waysToSignIn: String {
    var ways: [String] = []
    if oauth?.authorizeURL != nil { ways.append("browser") }
    if oauth?.deviceURL != nil { ways.append("device") }
    if oauth?.appOnly != nil { ways.append("app-only") }
    if takesPasswords { ways.append(login.appPassword == .no ? "password" : "app password") }
    return ways.joined(separator: ", ")
  }
}
