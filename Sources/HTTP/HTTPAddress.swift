// Which addresses may be asked. Two readers of one address can disagree on where its host begins and ends: what libcurl
// and Foundation do not read alike is no address.

import CCurl
package import FoundationEssentials
import Platform

/// An address as libcurl takes it apart.
package struct HTTPAddress: Equatable, Sendable {
  /// In lower case, as is the host.
  let scheme: String
  /// Without brackets.
  let host: String

  package init?(_ url: URL) {
    guard let parts = curl_url() else { return nil }
    defer { curl_url_cleanup(parts) }
    guard curl_url_set(parts, CURLUPART_URL, url.absoluteString, 0) == CURLUE_OK,
      let scheme = Self.part(CURLUPART_SCHEME, of: parts), let host = Self.part(CURLUPART_HOST, of: parts)
    else { return nil }
    self.scheme = scheme.lowercased()
    self.host = Self.withoutBrackets(host.lowercased())
    guard url.host()?.lowercased() == self.host else { return nil }
  }

  /// Secrets go over https; plain http only to this very machine, for tests and sidecars.
  package static func allows(_ url: URL) -> Bool {
    HTTPAddress(url)?.isAllowed ?? false
  }

  var isAllowed: Bool { scheme == "https" || scheme == "http" && isLoopback(host) }

  /// libcurl takes its proxies from the environment, for this machine's own addresses too: plain http would leave this
  /// machine. Through https a proxy reads nothing.
  func isReadByProxy(_ environment: [String: String]) -> Bool {
    guard scheme == "http",
      ["http_proxy", "all_proxy", "ALL_PROXY"].contains(where: { environment[$0]?.isEmpty == false })
    else { return false }
    let exempt = (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "").lowercased()
    let hosts = exempt.split { $0 == "," || $0 == " " }.map { Self.withoutBrackets(String($0)) }
    return !hosts.contains("*") && !hosts.contains(host)
  }

  private static func part(_ part: CURLUPart, of parts: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(parts, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }

  private static func withoutBrackets(_ host: String) -> String {
    host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
  }
}
