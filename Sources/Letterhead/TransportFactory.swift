// Which way out a mailbox has. A further transport is one line here.

package import HTTP
package import Mailboxes
package import OAuth
import SMTP
package import Sockets
package import Transport
package import TransportSMTP
import TransportSandbox

package struct TransportFactory: Sendable {
  private let network: Network
  private let http: HTTPClient
  private let loop: EventLoop
  private let sandbox: SandboxDirectory

  /// - Parameters:
  ///   - http: reaches the providers' token endpoints.
  ///   - loop: transports are used on it.
  package init(_ configuration: Configuration, over http: HTTPClient, loop: EventLoop) {
    self.http = http
    network = Network(hostname: configuration.hostname, resolver: Resolver(), dialer: Dialer())
    self.loop = loop
    sandbox = SandboxDirectory(configuration.stateDirectory + "/sandbox")
  }

  /// - Parameters:
  ///   - tokens: where the mailbox signs in with OAuth.
  ///   - mayMove: a test may go on at another port of the same server.
  package func transport(
    for mailbox: Mailbox, timeouts: Timeouts, tokens: TokenSource?, mayMove: Bool = true
  ) -> any Transport {
    if mailbox.provider == .sandbox { return SandboxTransport(mailbox, in: sandbox) }
    return SMTPTransport(
      mailbox, through: network, timeouts: timeouts, on: loop, tokens: tokens,
      otherServers: mayMove ? mailbox.otherServers : [])
  }

  /// For mailboxes that are saved in `store`, as deliveries need them.
  func saved(in store: MailboxStore, helper: RefreshHelper) -> @Sendable (Mailbox) -> any Transport {
    { mailbox in
      let tokens: TokenSource? =
        if case .oauth(let grant) = mailbox.signIn {
          TokenSource(grant, of: mailbox, in: store, over: http, helper: helper)
        } else { nil }
      return transport(for: mailbox, timeouts: .delivery, tokens: tokens)
    }
  }
}

extension Mailbox {
  /// Where else its provider takes mail: by the table, or for a server that was named by its usual other port.
  fileprivate var otherServers: [Server] {
    let listed = provider.servers.map { Server(host: server.host, port: $0.port, security: $0.security) }
    let usual = [465, 587].map { Server(host: server.host, port: $0, security: .usual(for: $0)) }
    let isUsual = usual.contains { $0.port == server.port }
    return (listed + (listed.isEmpty && isUsual ? usual : [])).filter { $0.port != server.port }
  }
}
