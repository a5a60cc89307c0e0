// The certificates by which servers are judged.

struct AuthorityCheck: Equatable, Sendable {
  /// The file or folder of certificates that OpenSSL takes.
  let path: String
  let isThere: Bool
  let isReadable: Bool

  var findings: [DoctorFinding] {
    if !isThere {
      return [
        DoctorFinding(
          .authorities, .error, "\(path) is not there: no server's certificate can be trusted.",
          run: "apt-get install --reinstall ca-certificates")
      ]
    }
    if !isReadable {
      return [
        DoctorFinding(
          .authorities, .error, "\(path) cannot be read, so no server's certificate can be trusted.",
          run: "chmod a+rX \(path)")
      ]
    }
    return [DoctorFinding(.authorities, .ok, "Certificates are judged by \(path).")]
  }
}
