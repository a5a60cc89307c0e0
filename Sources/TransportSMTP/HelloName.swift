// How this machine names itself in EHLO. RFC 5321 §2.3.5 and 4.1.4: a name with its domain, or an address literal where
// there is none. Many servers refuse `localhost` and names without a dot.

enum HelloName {
  /// - Parameters:
  ///   - hostname: as configured, or as the system knows it.
  ///   - local: this end of the connection, numeric.
  static func text(hostname: String, local: String) -> String {
    isFull(hostname) ? hostname : literal(of: local) ?? hostname
  }

  private static func isFull(_ hostname: String) -> Bool {
    let labels = hostname.lowercased().split(separator: ".")
    return labels.count > 1 && labels.last != "localdomain" && labels.last != "localhost"
  }

  private static func literal(of local: String) -> String? {
    let address = local.prefix { $0 != "%" }
    if address.isEmpty { return nil }
    if !address.contains(":") { return "[\(address)]" }
    // An IPv4 address of an IPv6 socket.
    let mapped = address.lowercased().hasPrefix("::ffff:") && address.contains(".")
    return mapped ? "[\(address.dropFirst(7))]" : "[IPv6:\(address)]"
  }
}
