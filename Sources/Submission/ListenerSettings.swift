// What one `[[listener]]` of the configuration says, and the bounds that hold for all of them together.

package import Access
package import SMTP

/// One address on which apps speak SMTP.
package struct ListenerSettings: Sendable, Equatable {
  /// As a `ListenerPlace` is written; port 0 lets the kernel choose.
  package var address: String
  package var security: Security
  /// The key of the entity everything on this port belongs to.
  package var entity: String?
  /// Which other hosts may send here. None unless the configuration says so: no open relay.
  package var allow: [ClientNetwork]
  /// PEM files, absolute paths; both are set whenever the listener speaks TLS. The owner of the listener reads them.
  package var certificateFile: String?
  package var keyFile: String?
  /// What becomes of unknown clients here; `nil`: what `[access]` says.
  package var unknown: UnknownClients?
  /// Whoever has not signed in may not send.
  package var requiresSignIn = false
  /// EHLO says `AUTH=PLAIN LOGIN` as well, for clients that read nothing else.
  package var offersLegacyAuth = false
  /// Proxies there must say by the PROXY protocol for whom they connect.
  package var proxies: [ClientNetwork] = []

  package init(
    address: String, security: Security = .none, entity: String? = nil, allow: [ClientNetwork] = []
  ) {
    self.address = address
    self.security = security
    self.entity = entity
    self.allow = allow
  }

  func serves(_ host: String) -> Bool { ClientNetwork.loopback.contains(host) || allow.contains(host) }
}

/// The part of `[limits]` that sessions keep to, and the timeouts of a session.
package struct SubmissionLimits: Sendable, Equatable {
  package var maxMessageOctets = 52_428_800
  package var maxRecipients = 1000
  /// Over all listeners.
  package var maxConnections = 1000
  /// What all messages being received may take together; those that would take more go to files at once.
  package var memoryForBodies = 16 << 20

  /// For one whole command line, however slowly its octets come (RFC 5321 §4.5.3.2.7).
  package var commandTimeout: Duration = .seconds(300)
  /// The same while nearly all connections are taken, so that idle clients make room.
  package var crowdedTimeout: Duration = .seconds(10)
  /// For the next octets of a message.
  package var bodyPauseTimeout: Duration = .seconds(180)
  /// A message may take this long whatever its size, and longer only at `bodyOctetsPerSecond`.
  package var bodyGrace: Duration = .seconds(300)
  package var bodyOctetsPerSecond = 4096
  /// For the client to take our replies.
  package var replyTimeout: Duration = .seconds(60)
  package var handshakeTimeout: Duration = .seconds(30)

  package init() {}
}
