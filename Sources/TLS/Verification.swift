// Turns what OpenSSL finds wrong with a certificate into a TLSError.
import COpenSSL
import Foundation

/// OpenSSL calls this for each certificate of the chain. The function notes the first fault and does not change OpenSSL's
/// decision.
let noteVerification: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isValid, verification in
  guard isValid != 1, let verification else { return isValid }
  let ssl = X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx())
  guard let ssl, let session = TLSSession.owner(of: OpaquePointer(ssl)), session.refusal == nil else { return isValid }
  session.refusal = TLSError(verification)
  return isValid
}

extension TLSError {
  /// The fault that a verification has just found.
  fileprivate init(_ verification: OpaquePointer) {
    let code = X509_STORE_CTX_get_error(verification)
    let words = String(cString: X509_verify_cert_error_string(Int(code)))
    guard let certificate = X509_STORE_CTX_get_current_cert(verification) else {
      self = .untrusted(words)
      return
    }
    let found = PeerCertificate(certificate)
    switch code {
    case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired(found.notAfter)
    case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid(found.notBefore)
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: self = .wrongName(found.names)
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: self = .unknownIssuer(found.issuer, selfSigned: true)
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      self = .unknownIssuer(found.issuer, selfSigned: false)
    default: self = .untrusted(words)
    }
  }
}
