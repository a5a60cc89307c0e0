// Apps that an administrator has approved here, beside those of the configuration.

package import Mailboxes

extension App {
  /// - Returns: `nil` where its pattern can match nobody.
  package init?(_ approved: ApprovedApp) {
    guard let pattern = AppPattern(approved.pattern) else { return nil }
    self.init(name: approved.name)
    match = [pattern]
    entities = [approved.entity]
    isApprovedHere = true
  }
}

extension AccessRules {
  /// With the apps that administrators have approved here, and the clients that they have denied.
  package func decided(by registry: AppRegistry) -> AccessRules {
    if registry.approved.isEmpty, registry.denied.isEmpty { return self }
    if registry.approved.isEmpty, registry.denied.isEmpty { return self }
    var rules = including(registry.approved)
    rules.denied = Set(registry.denied.map(\.key))
    return rules
  }

  /// With those approved here behind the configuration's, which go before them where both have one name.
  package func including(_ approved: [ApprovedApp]) -> AccessRules {
    let names = Set(apps.map(\.name))
    var rules = self
    rules.apps += approved.filter { !names.contains($0.name) }.compactMap(App.init)
    return rules
  }
}
