// Certificates, read from OpenSSL's structures.
import COpenSSL
package import Foundation

/// The certificate that the peer has sent.
package struct PeerCertificate: Sendable, Equatable {
  /// RFC 2253 form: `CN=mail.example.org,O=Example`
  package let subject: String
  package let issuer: String
  /// DNS names and IP addresses of the subjectAltName.
  package let names: [String]
  package let notBefore: Date
  package let notAfter: Date
  package let sha256Fingerprint: [UInt8]
}

extension PeerCertificate {
  init(_ certificate: OpaquePointer) {
    subject = text(of: X509_get_subject_name(certificate))
    issuer = text(of: X509_get_issuer_name(certificate))
    names = alternativeNames(of: certificate)
    notBefore = date(X509_get0_notBefore(certificate))
    notAfter = date(X509_get0_notAfter(certificate))
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    X509_digest(certificate, EVP_sha256(), &digest, &count)
    sha256Fingerprint = digest
  }
}

private func text(of name: OpaquePointer?) -> String {
  let memory = BIO_new(BIO_s_mem())
  defer { BIO_free(memory) }
  // Letters beyond ASCII stay readable: UTF-8 rather than \C3\A9.
  X509_NAME_print_ex(memory, name, 0, COpenSSL_name_format)
  return contents(of: memory)
}

private func contents(of memory: OpaquePointer?) -> String {
  var octets = [UInt8](repeating: 0, count: BIO_ctrl_pending(memory))
  let count = BIO_read(memory, &octets, Int32(octets.count))
  return String(decoding: octets.prefix(Int(max(0, count))), as: UTF8.self)
}

private func alternativeNames(of certificate: OpaquePointer) -> [String] {
  guard let extensionValue = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
  let names = OpaquePointer(extensionValue)
  defer { GENERAL_NAMES_free(names) }
  return (0..<COpenSSL_general_name_count(names)).compactMap { index in
    guard let name = COpenSSL_general_name(names, index) else { return nil }
    switch name.pointee.type {
    case GEN_DNS: return string(name.pointee.d.dNSName)
    case GEN_IPADD: return address(name.pointee.d.iPAddress)
    default: return nil
    }
  }
}

private func octets(_ value: UnsafePointer<ASN1_STRING>?) -> UnsafeBufferPointer<UInt8> {
  UnsafeBufferPointer(start: ASN1_STRING_get0_data(value), count: Int(ASN1_STRING_length(value)))
}

private func string(_ value: UnsafePointer<ASN1_STRING>?) -> String { String(decoding: octets(value), as: UTF8.self) }

private func address(_ value: UnsafePointer<ASN1_STRING>?) -> String? {
  let octets = octets(value)
  let family = octets.count == 4 ? AF_INET : AF_INET6
  guard octets.count == 4 || octets.count == 16 else { return nil }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
    inet_ntop(family, octets.baseAddress, text.baseAddress, socklen_t(text.count)).map { String(cString: $0) }
  }
}

private func date(_ time: UnsafePointer<ASN1_TIME>?) -> Date {
  var parts = tm()
  ASN1_TIME_to_tm(time, &parts)
  return Date(timeIntervalSince1970: Double(timegm(&parts)))
}
