// What the configuration says of calls and callers.

package import Access
package import Control
import Mailboxes
import Platform
import SMTP
import Submission

extension Configuration {
  /// - Parameter owner: of the state directory.
  package func administrators(owner: UInt32) -> Administrators {
    Administrators(owner: owner, users: admin.users, groups: admin.groups)
  }
}

extension ControlSettings {
  package init(_ configuration: Configuration) {
    self.init(
      hostname: configuration.hostname, entities: configuration.entities.map(\.key),
      providers: configuration.providers, approval: configuration.admin.approval)
    access = configuration.access
    history = configuration.history
    maxMessageOctets = configuration.limits.submission.maxMessageOctets
    maxRecipients = configuration.limits.submission.maxRecipients
    listeners = configuration.listeners.map {
      ListenerRules(address: $0.address, entity: $0.entity, unknown: $0.unknown)
    }
    alerts = configuration.alert.mailFromEntity.map { AlertMail(entity: $0, readers: configuration.alert.mailTo) }
    signInPlaces = configuration.listeners.compactMap { SignInPlace($0, of: configuration.hostname) }
  }
}

extension SignInPlace {
  /// - Parameter hostname: stands for an address that means every interface.
  /// - Returns: `nil` for a listener that no app's form can name, or that takes a password from nobody.
  fileprivate init?(_ listener: ListenerSettings, of hostname: String) {
    guard let place = HostPort(parsing: listener.address), let port = place.port else { return nil }
    // A password in clear is taken on this host only.
    let own =
      listener.security == .none ? ["0.0.0.0": "127.0.0.1", "::": "::1"] : ["0.0.0.0": hostname, "::": hostname]
    let host = own[place.host] ?? place.host
    guard listener.security != .none || isLoopback(host) else { return nil }
    self.init(host: host, port: Int(port), security: listener.security)
  }
}
