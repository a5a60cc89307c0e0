// What is known of a client before it has said anything: by a listed proxy's header, and by the kernel. Asked at once: when
// the client has gone, the kernel no longer knows whose it was.

import Access
import SMTP
import Sockets

extension SubmissionServer {
  /// - Throws: where a listed proxy does not say for whom it connects.
  func introduction(of connection: Connection) async throws(ProxyHeaderError) -> ClientIdentity {
    guard settings.proxies.contains(connection.peer.host) else {
      return await access.identity(of: connection, at: settings.address)
    }
    switch try await connection.receiveProxyHeader(until: .now + .seconds(5)) {
    case .client(let source): return ClientIdentity(address: source.host, listener: settings.address)
    case .proxyItself: return ClientIdentity(address: connection.peer.host, listener: settings.address)
    }
  }

  /// What a client of this address is offered. Passwords go without TLS only where nobody else can read the line.
  func offers(to client: ClientIdentity, through connection: Connection) -> ServerDialogue.Offers {
    var offers = offers
    let isOnThisHost = client.address == connection.peer.host && client.isLocal
    offers.signIn = access.signIns.offer(
      at: settings.address, isRequired: settings.requiresSignIn, allowsCleartext: isOnThisHost,
      isLegacy: settings.offersLegacyAuth)
    offers.announcedMessageOctets = intake.largestMessage(
      among: RouteRequest(client: client, listenerEntity: settings.entity, unknown: settings.unknown, sender: nil))
    return offers
  }
}

extension ListenerSettings {
  /// Whether a client may send here at all. A listed proxy is served, and vouches for what it lets through only as far as
  /// `allow` goes: what it calls loopback is its own host.
  ///
  /// - Parameter host: at the other end of the connection: the client itself, or a listed proxy.
  func serves(_ client: ClientIdentity, through host: String) -> Bool {
    if client.address.isEmpty { return true }
    guard proxies.contains(host) else { return serves(client.address) }
    return client.address == host || allow.contains(client.address)
      || ClientNetwork.loopback.contains(host) && ClientNetwork.loopback.contains(client.address)
  }
}

extension ClientIdentity {
  /// At a unix socket, or by a loopback address.
  var isLocal: Bool { address.isEmpty || ClientNetwork.loopback.contains(address) }
}
