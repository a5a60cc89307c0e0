// The table of known providers, and the owner of a mail domain.

/// All providers that are known by name, in the table's order.
package struct Providers: Sendable, Equatable {
  package private(set) var all: [Provider]

  package init(_ all: [Provider] = []) {
    self.all = all
  }

  /// The provider called `name`; for a name that is in no table (any more) a provider of which nothing is known.
  package subscript(name: String) -> Provider {
    self.named(name) ?? Provider(name: name, label: name.prefix(1).uppercased() + name.dropFirst())
  }

  package func named(_ name: String) -> Provider? {
    [.smtp, .sandbox].first { $0.name == name } ?? all.first { $0.name == name }
  }

  /// Replaces the provider of the same name, or adds one at the end.
  package mutating func put(_ provider: Provider) {
    if let place = all.firstIndex(where: { $0.name == provider.name }) {
      all[place] = provider
    } else {
      all.append(provider)
    }
  }

  /// The provider that owns a mail domain, where that is certain.
  package func owner(ofDomain domain: String) -> Provider? {
    let domain = domain.lowercased()
    return all.first { $0.domains.contains(domain) }
  }

  /// The provider that takes the mail of a domain with these MX names, and the name that shows it. Only where all of the
  /// names agree.
  package func owner(ofExchangers names: [String]) -> (provider: Provider, exchanger: String)? {
    let owners = names.map { name in
      let name = name.lowercased()
      return all.first { $0.mxSuffixes.contains(where: name.hasSuffix) }
    }
    guard let first = owners.first, let provider = first, owners.allSatisfy({ $0?.name == provider.name }) else {
      return nil
    }
    return (provider, names[0])
  }
}
