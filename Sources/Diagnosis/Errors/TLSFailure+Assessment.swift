// What a failed handshake means. An unknown issuer means another thing where the server is a known provider's: then a
// device on the way has put its own certificate in the place of the provider's.

import Foundation
import Mailboxes

extension TLSFailure {
  /// - Parameter isProviders: the server is a known provider's, whose issuers every machine trusts.
  func assessment(isProviders: Bool) -> Assessment {
    switch self {
    case .expired, .notYetValid, .wrongName, .unknownIssuer, .untrusted, .badCertificateFile:
      certificateAssessment(isProviders: isProviders)
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

  private func certificateAssessment(isProviders: Bool) -> Assessment {
    switch self {
    case .expired(let date):
      held(
        "The certificate of {host} expired on \(day(date)), and this machine's clock says {clock}.",
        "If the clock is right, only {provider} can renew the certificate; then run: {test}")
    case .notYetValid(let date):
      held(
        "The certificate of {host} is not valid before \(day(date)), and this machine's clock says {clock}.",
        "Set this machine's clock (see timedatectl), then run: {test}")
    case .wrongName(let names):
      held(
        "The certificate is not for {host}; it is for \(Redaction.shown(names.prefix(5).joined(separator: ", "))).",
        "Use one of these names as the server: {connect}")
    case .unknownIssuer(let issuer, _) where isProviders:
      held(
        "The certificate of {host} was issued by \(short(issuer)): a firewall or antivirus opens the connection.",
        "Have {host} port {port} exempted from TLS inspection, or give that CA's certificate: {connect-ca}")
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

  private func short(_ issuer: String) -> String { String(Redaction.shown(issuer).prefix(80)) }

  private func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }
}
