// Whose server it is: as the command says, else as the address tells for certain.

import Foundation
import Letterhead
import Mailboxes
import SMTP
import Sockets

struct ProviderChoice {
  private let providers: Providers
  private let address: Address

  init(_ configuration: Configuration, _ address: Address) {
    providers = configuration.providers
    self.address = address
  }

  func provider(for server: ServerOptions) async throws -> Provider {
    if server.smtp != nil { return .smtp }
    if let name = server.provider {
      if let provider = providers.named(name) { return provider }
      throw CommandFailure(
        "There is no provider \"\(name)\". `letterhead providers` lists them; any other server goes with --smtp "
          + "HOST[:PORT].")
    }
    let (owner, exchangers) = await providers.ownership(of: address)
    if let owner { return proposed(owner.provider, because: owner.reason) }
    let found = exchangers.first.map { " Its mail goes to \($0)." } ?? ""
    throw CommandFailure(
      "Nothing tells for certain who runs the mail of \(address.domain).\(found) Name the server with --smtp "
        + "HOST[:PORT], or --provider NAME (see: letterhead providers).")
  }

  private func proposed(_ provider: Provider, because reason: String) -> Provider {
    print(
      "\(address) looks like \(provider.label): \(reason). Taking --provider \(provider.name); name another if not.")
    return provider
  }
}

extension Providers {
  /// Whose mailbox it is where that is certain, what tells so, and the domain's mail servers as far as they were asked for.
  func ownership(of address: Address) async -> (owner: (provider: Provider, reason: String)?, exchangers: [String]) {
    if let provider = owner(ofDomain: address.domain) { return ((provider, "\(address.domain) is theirs"), []) }
    let exchangers = await MailExchangers.of(address.domain)
    let owner = owner(ofExchangers: exchangers)
    return (owner.map { ($0.provider, "\(address.domain) has its mail at \($0.exchanger)") }, exchangers)
  }
}
