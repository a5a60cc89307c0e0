// What a session needs of the outside world. One for the process, shared by all mailboxes and by `connect` and `test`.

import Diagnosis
import Mailboxes
package import Sockets
import TLS

package struct Network: Sendable {
  /// This machine's name; `HelloName` says what stands in EHLO.
  package var hostname: String
  package var resolver: Resolver
  package var dialer: Dialer
  private let contexts = TLSContexts()

  package init(hostname: String, resolver: Resolver, dialer: Dialer) {
    self.hostname = hostname
    self.resolver = resolver
    self.dialer = dialer
  }

  /// Trusts the system's authorities and the mailbox's own.
  func tlsContext(for mailbox: Mailbox) throws(TransportError) -> TLSContext {
    try contexts.context(trusting: mailbox.authoritiesPEM)
  }
}
