// Whether the relay listens where the configuration says, and who does in its place.

import Platform

struct ListenerCheck: Equatable, Sendable {
  enum Holder: Equatable, Sendable {
    case nobody
    /// `service`: of systemd, where the process belongs to one.
    case process(pid: Int32, name: String, service: String?)
    /// Somebody; this user may not see who.
    case unknown
  }

  struct Place: Equatable, Sendable {
    /// As the configuration writes it.
    let address: String
    /// `nil` for a unix socket.
    let port: UInt16?
    let holder: Holder
  }

  let places: [Place]
  /// The relay's process, while it runs.
  let relay: Int32?
  /// Ports below this one need a privilege.
  let firstFreePort: UInt16
  let hasPrivilege: Bool
  var service = ServiceCommands.here

  var findings: [DoctorFinding] { places.map(finding) }

  private func finding(_ place: Place) -> DoctorFinding {
    switch place.holder {
    case .process(let pid, _, _) where pid == relay:
      DoctorFinding(.listeners, .ok, "The relay listens on \(place.address).")
    case .process(_, "systemd", _):
      DoctorFinding(.listeners, .ok, "systemd listens on \(place.address) for the relay.")
    case .process(let pid, let name, let service):
      DoctorFinding(
        .listeners, .error, "\(place.address) is taken by \(name) (process \(pid)), so the relay cannot listen there.",
        run: service.map { "systemctl disable --now \($0) && \(self.service.restart(relay))" } ?? "ps -fp \(pid)")
    case .unknown where relay != nil:
      DoctorFinding(.listeners, .note, "A program listens on \(place.address); only root sees whether it is the relay.")
    case .unknown:
      DoctorFinding(
        .listeners, .error, "\(place.address) is taken by another program. As root, see which.",
        run: place.port.map { "ss -ltnp 'sport = :\($0)'" } ?? "ss -lxp")
    case .nobody: absence(at: place)
    }
  }

  private func absence(at place: Place) -> DoctorFinding {
    guard relay != nil else {
      return DoctorFinding(.listeners, .note, "Nobody listens on \(place.address) while the relay is not running.")
    }
    if let port = place.port, port < firstFreePort, !hasPrivilege {
      return DoctorFinding(
        .listeners, .error,
        "The relay does not listen on \(place.address): ports below \(firstFreePort) need a privilege that it has not.",
        run: "sysctl -w net.ipv4.ip_unprivileged_port_start=\(port) && \(service.restart(relay))")
    }
    return DoctorFinding(
      .listeners, .error, "The relay runs and does not listen on \(place.address).",
      run: service.restart(relay))
  }
}
