// From a host name to a line that is signed in, in the RFC's order. Each step is told to an observer as it succeeds;
// `connect` and `test` print them. RFC 5321 §4.1.1.1, 3207, 8314.

import Diagnosis
import Mailboxes
import SMTP
import Sockets
import TLS
import Transport

extension SMTPSession {
  /// Dials, secures and signs in.
  ///
  /// - Parameters:
  ///   - credential: asked for when the server has shown what it offers, and never before the line is encrypted.
  ///   - observe: told of each step that succeeded, in order.
  static func open(
    _ transport: SMTPTransport, credential: CredentialSource, observe: StepObserver
  ) async throws(TransportError) -> SMTPSession {
    let session = SMTPSession(over: try await transport.dial(observe: observe), of: transport)
    do throws(TransportError) {
      try await session.connection.whileCancellable { () async throws(TransportError) in
        try await session.begin(through: transport.network, observe: observe)
        try await session.signIn(with: credential, observe: observe)
      }
      return session
    } catch {
      session.hangUp()
      throw error.redacted(session.secrets)
    }
  }

  /// Walks to the server's extensions and leaves again. Nobody signs in.
  static func reach(_ transport: SMTPTransport, observe: StepObserver) async throws(TransportError) {
    let session = SMTPSession(over: try await transport.dial(observe: observe), of: transport)
    defer { session.hangUp() }
    try await session.connection.whileCancellable { () async throws(TransportError) in
      try await session.begin(through: transport.network, observe: observe)
    }
  }

  private func begin(through network: Network, observe: StepObserver) async throws(TransportError) {
    if mailbox.server.security == .tls { try await secure(through: network, observe: observe) }
    try await greet(through: network, observe: observe)
    let name = HelloName.text(hostname: network.hostname, local: connection.localHost)
    try await hello(as: name)
    if mailbox.server.security == .starttls {
      try await startTLS(through: network, observe: observe)
      try await hello(as: name)
    }
    observe(.passed(.extensions, Redaction.shown(extensions.lines.joined(separator: ", "))))
  }

  private func secure(through network: Network, observe: StepObserver) async throws(TransportError) {
    let details = try await connection.startTLS(network.tlsContext(for: mailbox), verifying: mailbox.server.host)
    observe(.passed(.tls, details.sentence))
  }

  private func greet(through network: Network, observe: StepObserver) async throws(TransportError) {
    let octets: [UInt8]
    do throws(TransportError) {
      octets = try await connection.firstOctets()
    } catch .lost(_, let timedOut, _) {
      if timedOut, mailbox.server.security != .tls { try await askInTLS(through: network) }
      throw .noGreeting(timedOut: timedOut)
    }
    // An alert or a handshake record: TLS 1.x.
    if octets.count >= 2, octets[0] == 0x15 || octets[0] == 0x16, octets[1] == 0x03 { throw .expectsTLS }
    let reply: Reply
    do throws(TransportError) {
      reply = try await connection.readReply(in: .greeting)
    } catch .nonsense {
      throw .notSMTP(Redaction.shown(String(decoding: octets, as: UTF8.self)))
    } catch .lost(_, let timedOut, _) {
      throw .noGreeting(timedOut: timedOut)
    }
    guard reply.code == 220 else { throw .answered(reply, .greeting) }
    observe(.passed(.greeting, Redaction.shown(reply)))
  }

  /// A server that stays silent may be waiting for a TLS handshake.
  private func askInTLS(through network: Network) async throws(TransportError) {
    do throws(TransportError) {
      _ = try await connection.startTLS(network.tlsContext(for: mailbox), verifying: mailbox.server.host)
    } catch .tls(.lost), .tls(.handshake), .cancelled {
      return
    } catch .tls(.notTLS(let octets)) {
      throw .notSMTP(Redaction.shown(String(decoding: octets, as: UTF8.self)))
    } catch {}
    throw .expectsTLS
  }

  private func hello(as hostname: String) async throws(TransportError) {
    let reply = try await connection.ask("EHLO \(hostname)", in: .hello)
    if reply.code / 100 == 2 {
      extensions = Extensions(parsing: reply)
    } else if [500, 502].contains(reply.code), mailbox.server.security == .none, mailbox.signIn == .none {
      let reply = try await connection.ask("HELO \(hostname)", in: .hello)
      guard reply.code / 100 == 2 else { throw .answered(reply, .hello) }
      extensions = Extensions()
    } else {
      throw .answered(reply, .hello)
    }
  }

  private func startTLS(through network: Network, observe: StepObserver) async throws(TransportError) {
    guard extensions.has(.startTLS) else { throw .startTLSMissing(masked: extensions.areMasked) }
    let reply = try await connection.ask("STARTTLS", in: .startTLS)
    guard reply.code == 220 else { throw .answered(reply, .startTLS) }
    if connection.isAhead { throw .startTLSInjected }
    // What was offered in the clear may have been anybody's.
    extensions = Extensions()
    try await secure(through: network, observe: observe)
  }
}

extension SMTPTransport {
  fileprivate func dial(observe: StepObserver) async throws(TransportError) -> Connection {
    let endpoints = try await endpoints()
    observe(.passed(.name, "\(mailbox.server.host) is \(endpoints.map(\.host).joined(separator: ", "))"))
    do {
      let connection = try await network.dialer.connect(to: endpoints, on: loop, until: .now + timeouts.connect)
      observe(.passed(.tcp, "\(connection.peer)"))
      return connection
    } catch {
      throw TransportError(error, at: mailbox)
    }
  }

  private func endpoints() async throws(TransportError) -> [Endpoint] {
    do {
      return try await network.resolver.addresses(
        of: mailbox.server.host, port: mailbox.server.port, on: loop, until: .now + timeouts.lookUp)
    } catch {
      throw TransportError(error)
    }
  }
}
