// The key that opens the saved sign-ins.

struct KeyCheck: Equatable, Sendable {
  enum Key: Equatable, Sendable {
    case file
    /// The service has it as a systemd credential.
    case credential
    case missing
    /// This user may not look.
    case hidden
  }

  let key: Key
  let path: String
  /// Entities whose saved sign-in needs it. A mailbox without a sign-in has nothing that is sealed.
  let sealed: [String]

  var findings: [DoctorFinding] {
    switch key {
    case .file: [DoctorFinding(.key, .ok, "The key of the saved sign-ins is \(path).")]
    case .credential: [DoctorFinding(.key, .ok, "The key of the saved sign-ins is a systemd credential.")]
    case .hidden: [DoctorFinding(.key, .note, "This user may not see whether the key of the saved sign-ins is there.")]
    case .missing where sealed.isEmpty:
      [DoctorFinding(.key, .ok, "There is no key yet: it is made when the first mailbox with a sign-in is connected.")]
    case .missing:
      [
        DoctorFinding(
          .key, .error,
          "\(path) is gone, and without it no saved sign-in can be used. Put it back, or connect each mailbox anew.",
          run: "letterhead reconnect \(sealed[0])")
      ]
    }
  }
}
