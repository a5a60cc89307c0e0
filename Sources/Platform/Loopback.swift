// This very host, as names and addresses say it.

/// `127.0.0.1` and the rest of its network, `::1`, or `localhost`. A name that merely resolves to one of them does not count.
///
/// - Parameter host: as people or the kernel write it, in lower case; an IPv6 address without brackets.
package func isLoopback(_ host: String) -> Bool { host == "localhost" || isLoopbackAddress(host) }

/// Like `isLoopback`, without `localhost`. `127.example` is a name.
package func isLoopbackAddress(_ host: String) -> Bool {
  let parts = host.split(separator: ".", omittingEmptySubsequences: false)
  return host == "::1" || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
