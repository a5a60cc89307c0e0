// Which OpenSSL this is.

internal import COpenSSL

package enum OpenSSLVersion {
  /// Of the headers that Letterhead was built with.
  package static let built = OPENSSL_FULL_VERSION_STR
  /// Of the library that is loaded.
  package static var running: String { OpenSSL_version(OPENSSL_FULL_VERSION_STRING).map { String(cString: $0) } ?? "" }
}
