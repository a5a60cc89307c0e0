// Which libcurl this is.

internal import CCurl

package enum LibcurlVersion {
  /// Of the headers that Letterhead was built with.
  package static let built = LIBCURL_VERSION
  /// Of the library that is loaded.
  package static var running: String {
    curl_version_info(CURLVERSION_FIRST)?.pointee.version.map { String(cString: $0) } ?? ""
  }
}
