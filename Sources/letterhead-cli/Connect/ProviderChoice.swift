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
    if let provider = providers.owner(ofDomain: address.domain) {
      return proposed(provider, because: "\(address.domain) is theirs")
    }
    let exchangers = await MailExchangers.of(address.domain)
    if let (provider, name) = providers.owner(ofExchangers: exchangers) {
      return proposed(provider, because: "\(address.domain) has its mail at \(name)")
    }
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
