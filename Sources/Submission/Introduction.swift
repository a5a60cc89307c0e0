// What is known of a client before it has said anything: by a listed proxy's header, by the kernel. Asked at once: when
// the client has gone, the kernel no longer knows whose it was.

import Access
import Sockets

struct Introduction {
  let client: ClientIdentity
  /// What came behind a proxy's header in the same packet.
  var octets: [UInt8] = []
}

extension SubmissionServer {
  /// - Throws: `ConnectionError`, `ProxyHeaderError`.
  func introduction(of connection: Connection) async throws -> Introduction {
    guard settings.proxies.contains(connection.peer.host) else {
      return Introduction(client: await access.identity(of: connection, at: settings.address))
    }
    let (header, rest) = try await connection.receiveProxyHeader(until: .now + .seconds(5))
    let source = header.source?.host ?? connection.peer.host
    return Introduction(client: ClientIdentity(address: source, listener: settings.address), octets: rest)
  }

  /// AUTH is offered while some app may sign in.
  func offers(to client: ClientIdentity) -> ServerDialogue.Offers {
    var offers = offers
    let rules = access.rules().access
    if settings.requiresSignIn || rules.apps.contains(where: \.signsIn) {
      offers.signIn = ServerDialogue.SignInOffer(
        mechanisms: SASLMechanism.offered(byCramMD5: rules.apps.contains(where: \.signsInByCramMD5)),
        primitives: .system, isRequired: settings.requiresSignIn, allowsCleartext: client.isOnThisHost,
        isLegacy: settings.hasLegacyAuth)
    }
    return offers
  }
}

extension ClientIdentity {
  /// Nobody else can read what it sends.
  var isOnThisHost: Bool { address.isEmpty || ClientNetwork.loopback.contains(address) }
}
