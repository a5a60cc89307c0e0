// What the configuration says of calls and callers.

package import Access
package import Control
import Mailboxes
import Platform
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
    alerts = configuration.alert.mailFromEntity.map { AlertMail(entity: $0, readers: configuration.alert.mailTo) }
    signInPlaces = configuration.listeners.compactMap { SignInPlace($0, of: configuration.hostname) }
  }
}

extension SignInPlace {
  /// - Parameter hostname: stands for an address that means every interface.
  /// - Returns: `nil` for a listener that no app's form can name.
  fileprivate init?(_ listener: ListenerSettings, of hostname: String) {
    guard let place = HostPort(parsing: listener.address), let port = place.port else { return nil }
    let host = ["0.0.0.0", "::"].contains(place.host) ? hostname : place.host
    self.init(host: host, port: Int(port), security: listener.security)
  }
}
