// From what module TLS reports to the facts that Diagnosis reads, and to the step that `connect` and `test` print.

import Diagnosis
import Foundation
import TLS

extension TLSFailure {
  init(_ error: TLSError) {
    self =
      switch error {
      case .expired(let date): .expired(date)
      case .notYetValid(let date): .notYetValid(date)
      case .wrongName(let names): .wrongName(names)
      case .unknownIssuer(let issuer, let selfSigned): .unknownIssuer(issuer, selfSigned: selfSigned)
      case .untrusted(let words): .untrusted(words)
      case .notTLS(let octets): .notTLS(firstOctets: octets)
      case .protocolVersion(let words): .protocolVersion(words)
      case .handshake(let words): .handshake(words)
      case .lost: .lost
      case .badCertificateFile(let words): .badCertificateFile(words)
      }
  }
}

extension TLSDetails {
  /// What the step of the handshake has found.
  var sentence: String {
    guard let certificate else { return "\(version), session resumed" }
    let names = certificate.names.prefix(3).joined(separator: ", ")
    let end = certificate.notAfter.ISO8601Format().prefix(10)
    return "\(version), certificate for \(names) by \(certificate.issuer), valid until \(end)"
  }
}
