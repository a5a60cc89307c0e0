// What the configuration says of calls and callers.

package import Access
package import Control
import Mailboxes

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
  }
}
