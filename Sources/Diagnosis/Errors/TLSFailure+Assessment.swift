// What a failed handshake means. A certificate that does not fit means another thing where the server is a known
// provider's: then a device or a person on the way answers in its place, and nobody is told to go where that points.

import Foundation
import Mailboxes

extension TLSFailure {
  func assessment(for mailbox: Mailbox) -> Assessment {
    switch self {
    case .wrongName where mailbox.isAtPublicProvider, .unknownIssuer where mailbox.isAtPublicProvider:
      foreignCertificate
    case .wrongName(let names): wrongName(names, mailbox)
    case .expired, .notYetValid, .unknownIssuer, .untrusted, .badCertificateFile: certificateAssessment
    case .notTLS:
      Assessment(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} does not speak TLS from the first byte.",
        "Connect with STARTTLS, which is usual for 587: {connect-starttls}")
    case .protocolVersion:
      Assessment(
        .policy, .mailbox, .hold(probe: true), "{host} only speaks TLS older than 1.2.",
        "Ask {provider} for a server that speaks TLS 1.2 or later, then run: {connect}")
    case .handshake, .lost:
      Assessment(
        .network, .mailbox, .wait(flagAfter: 20), "The encryption with {host} port {port} could not be set up.",
        "If it lasts, ask whoever runs the network about TLS inspection or a firewall; to look now, run: {test}")
    }
  }

  /// Of a server whose names and issuers are known to every machine.
  private var foreignCertificate: Assessment {
    let place = "Something between this machine and {provider} is answering in its place"
    guard case .unknownIssuer(let issuer, _) = self else {
      return held(
        "\(place): the certificate of {host} is for other names.",
        "Find out what redirects {host} (proxy, firewall, hosts file, DNS) and have it stop, then run: {test}")
    }
    return held(
      "\(place): the certificate is issued by \(short(issuer)).",
      "Have {host} port {port} exempted from TLS inspection; only if your own organisation opens it on purpose, give that "
        + "device's CA: {connect-ca}")
  }

  /// - Parameter names: the server's or an interceptor's word.
  private func wrongName(_ names: [String], _ mailbox: Mailbox) -> Assessment {
    let shown = Redaction.shown(names.prefix(5).joined(separator: ", "))
    let summary =
      names.isEmpty
      ? "The certificate of {host} names no host (no subjectAltName)."
      : "The certificate is not for {host}; it is for \(shown)."
    guard let name = names.first(where: { !$0.contains("*") && Redaction.shown($0) == $0 }) else {
      return held(summary, "Have {provider} give its server a certificate for {host}, then run: {test}")
    }
    let server = Server(host: name.lowercased(), port: mailbox.server.port, security: mailbox.server.security)
    return held(
      summary, "If {provider} says that this is its server's name, use it: \(mailbox.connectCommand(at: server))")
  }

  private var certificateAssessment: Assessment {
    switch self {
    case .expired(let date):
      held(
        "The certificate of {host} expired on \(day(date)), and this machine's clock says {clock}.",
        "If the clock is right, only {provider} can renew the certificate; then run: {test}")
    case .notYetValid(let date):
      held(
        "The certificate of {host} is not valid before \(day(date)), and this machine's clock says {clock}.",
        "Set this machine's clock (see timedatectl), then run: {test}")
    case .unknownIssuer(_, selfSigned: true):
      held(
        "The server {host} uses a certificate of its own making.",
        "If that is as it should be, give its certificate with --ca-file: {connect-ca}")
    case .unknownIssuer(let issuer, _):
      held(
        "The certificate of {host} was issued by \(short(issuer)), which this machine does not know.",
        "If it is your own CA or a firewall that opens the connection, give its certificate (else the server leaves out an "
          + "intermediate one): {connect-ca}")
    case .badCertificateFile:
      Assessment(
        .policy, .mailbox, .hold(probe: false), "The saved CA certificate for {host} cannot be read.",
        "Give it again: {connect-ca}")
    default:
      held(
        "The certificate of {host} is not to be trusted.",
        "Have {provider} mend it, or give the certificate of its CA: {connect-ca}")
    }
  }

  private func held(_ summary: String, _ remedy: String) -> Assessment {
    Assessment(.policy, .mailbox, .hold(probe: true), summary, remedy)
  }

  private func short(_ issuer: String) -> String { String(Redaction.shown(issuer).prefix(60)) }

  private func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }
}
