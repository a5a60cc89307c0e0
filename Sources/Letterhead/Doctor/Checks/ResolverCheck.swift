// Who is asked for names.

struct ResolverCheck: Equatable, Sendable {
  /// As /etc/resolv.conf names them; `nil`: it cannot be read.
  let servers: [String]?

  var findings: [DoctorFinding] {
    switch servers {
    case nil:
      [
        DoctorFinding(
          .resolver, .warning, "/etc/resolv.conf cannot be read, so no name can be looked up.",
          run: "ls -lL /etc/resolv.conf")
      ]
    case []?:
      [
        DoctorFinding(
          .resolver, .note, "/etc/resolv.conf names no server: names are looked up at this host itself.",
          run: "resolvectl status")
      ]
    case let servers?: [DoctorFinding(.resolver, .ok, "Names are looked up at \(servers.joined(separator: ", ")).")]
    }
  }
}
