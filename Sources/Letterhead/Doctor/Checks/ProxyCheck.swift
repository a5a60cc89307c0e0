// Proxies on the way to sign-in services.

struct ProxyCheck: Equatable, Sendable {
  /// Host and port alone: the rest may hold a password. `nil`: there is none.
  let configured: String?
  let ofShell: String?
  /// What the relay's process found in its environment; `unseen`: this user may not look, or it does not run.
  let ofRelay: RelayProxy

  enum RelayProxy: Equatable, Sendable {
    case unseen
    case seen(String?)
  }

  var findings: [DoctorFinding] {
    if let configured {
      return [DoctorFinding(.proxy, .ok, "Sign-in services are asked through \(configured), as [network] says.")]
    }
    switch ofRelay {
    case .seen(let relay?):
      return [
        DoctorFinding(.proxy, .ok, "Sign-in services are asked through \(relay), as the relay's environment says.")
      ]
    case .seen(nil), .unseen:
      guard let ofShell, ofRelay == .seen(nil) else { return [DoctorFinding(.proxy, .ok, "No proxy is named.")] }
      return [
        DoctorFinding(
          .proxy, .warning,
          "This shell goes through the proxy \(ofShell), and the relay does not. If it needs one, add [network] with "
            + "proxy = \"http://\(ofShell)\" to the configuration.",
          run: "letterhead check --example | grep -A 8 '\\[network\\]'")
      ]
    }
  }
}
