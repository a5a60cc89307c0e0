// What a session needs of the outside world. One for the process, shared by all lanes and by `connect` and `test`.

import Mailboxes
package import Sockets
import TLS

package struct Network: Sendable {
  /// How this machine names itself in EHLO: a full host name or an address literal, never `localhost`.
  package var hostname: String
  package var resolver: Resolver
  package var dialer: Dialer
  /// Where the built-in sandbox takes mail; `nil` while it does not.
  package var sandboxEndpoint: @Sendable () -> Endpoint?
  private let contexts: TLSContexts

  package init(
    hostname: String, resolver: Resolver, dialer: Dialer,
    sandboxEndpoint: @escaping @Sendable () -> Endpoint? = { nil }
  ) {
    self.hostname = hostname
    self.resolver = resolver
    self.dialer = dialer
    self.sandboxEndpoint = sandboxEndpoint
    contexts = TLSContexts()
  }

  /// The trust of one mailbox: the system's authorities and its own.
  func tlsContext(for mailbox: Mailbox) throws(TransportError) -> TLSContext {
    try contexts.context(trusting: mailbox.authoritiesPEM)
  }
}
