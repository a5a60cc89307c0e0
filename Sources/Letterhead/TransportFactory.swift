// Which way out a mailbox has. A further transport is one line here.

import Delivery
import Diagnosis
package import HTTP
package import Mailboxes
package import OAuth
import Platform
import SMTP
package import Sockets
package import Transport
package import TransportSMTP
import TransportSandbox
import TransportAPI
import TransportGmail
import TransportGraph

package struct TransportFactory: Sendable {
  private let network: Network
  private let http: HTTPClient
  private let loop: EventLoop
  private let sandbox: SandboxDirectory
  private let entities: @Sendable () -> [Entity]

  /// - Parameters:
  ///   - http: reaches the providers' token endpoints and mail APIs.
  ///   - loop: transports are used on it.
  ///   - entities: as they are now; those of `configuration`, where it is never read again.
  package init(
    _ configuration: Configuration, over http: HTTPClient, loop: EventLoop,
    entities: (@Sendable () -> [Entity])? = nil
  ) {
    self.entities = entities ?? { configuration.entities }
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
    return switch mailbox.provider.transport {
    case .smtp: smtp(mailbox, timeouts, tokens, mayMove: mayMove)
    case .graph: PostTransport(mailbox, by: GraphAPI(), over: http, answerWithin: timeouts.end, tokens: tokens)
    case .gmailAPI: PostTransport(mailbox, by: GmailAPI(), over: http, answerWithin: timeouts.end, tokens: tokens)
    }
  }

  /// The same, for another thread.
  func on(_ loop: EventLoop) -> TransportFactory {
    TransportFactory(network, http, loop, sandbox, entities)
  }

  private init(
    _ network: Network, _ http: HTTPClient, _ loop: EventLoop, _ sandbox: SandboxDirectory,
    _ entities: @escaping @Sendable () -> [Entity]
  ) {
    (self.network, self.http, self.loop, self.sandbox, self.entities) = (network, http, loop, sandbox, entities)
  }

  private func sentCopyRules(of mailbox: Mailbox) -> SentCopyRules {
    entities().first { $0.key == mailbox.entity }?.sentCopies ?? SentCopyRules()
  }

  /// What is to be found out about copies of what goes out through a mailbox; `nil`: nothing, because it is known, or nobody
  /// files any.
  func sentCopyQuestion(about mailbox: Mailbox) -> SentCopyTest.Question? {
    let rules = sentCopyRules(of: mailbox)
    guard mailbox.provider != .sandbox, mailbox.provider.transport == .smtp, mailbox.signIn != .none,
      rules.server ?? mailbox.imapServer != nil
    else { return nil }
    return switch (rules.rule, mailbox.provider.filesSentCopies) {
    case (.append, _), (.auto, false?): .canFile
    case (.auto, nil): .whoFiles
    case (.auto, true?), (.provider, _), (.none, _): nil
    }
  }

  private func smtp(
    _ mailbox: Mailbox, _ timeouts: Timeouts, _ tokens: TokenSource?, mayMove: Bool
  ) -> SMTPTransport {
    SMTPTransport(
      mailbox, through: network, timeouts: timeouts, on: loop, tokens: tokens,
      sentFolder: {
        let rules = sentCopyRules(of: mailbox)
        return (rules.server ?? mailbox.imapServer).map { SentFolderPlace(server: $0, folder: rules.folder) }
      },
      otherServers: mayMove ? mailbox.otherServers : [])
  }

  /// What files copies of sent messages, on a thread of its own.
  func filing(
    on loop: EventLoop, in store: MailboxStore, helper: RefreshHelper, counters: DeliveryCounters
  ) -> SentCopyContext {
    SentCopyContext(on: loop, transport: on(loop).saved(in: store, helper: helper, counters: counters))
  }

  /// For mailboxes that are saved in `store`, as deliveries need them.
  func saved(
    in store: MailboxStore, helper: RefreshHelper, counters: DeliveryCounters
  ) -> @Sendable (Mailbox) -> any Transport {
    { mailbox in
      let tokens: TokenSource? =
        if case .oauth(let grant) = mailbox.signIn {
          TokenSource(grant, of: mailbox, in: store, over: http, helper: helper) { error in
            guard let result = QueueCounters.SignInResult(error) else { return }
            counters.queue(of: mailbox.entity).tokenRefreshes[result].add()
          }
        } else { nil }
      return transport(for: mailbox, timeouts: .delivery, tokens: tokens)
    }
  }
}

extension QueueCounters.SignInResult {
  /// - Parameter error: why there is no new access token; `nil`: there is one.
  fileprivate init?(_ error: TokenError?) {
    switch error {
    case nil: self = .ok
    case .refused, .misconfigured, .clockWrong: self = .refused
    case .unavailable, .clientProof: self = .failed
    case .disconnected, .cancelled: return nil
    }
  }
}

extension Mailbox {
  /// Where its provider's mailboxes are read, in the region of its server.
  package var imapServer: Server? {
    guard var imap = provider.imap, imap.host.contains("{region}") else { return provider.imap }
    guard let region = provider.servers.lazy.compactMap({ server.host.value(of: "{region}", in: $0.host) }).first
    else { return nil }
    imap.host.replace("{region}", with: region)
    return imap
  }

  /// Where else its provider takes mail: by the table, or for a server that was named by its usual other port.
  fileprivate var otherServers: [Server] {
    let listed = provider.servers.map { Server(host: server.host, port: $0.port, security: $0.security) }
    let usual = [465, 587].map { Server(host: server.host, port: $0, security: .usual(for: $0)) }
    let isUsual = usual.contains { $0.port == server.port }
    return (listed + (listed.isEmpty && isUsual ? usual : [])).filter { $0.port != server.port }
  }
}
