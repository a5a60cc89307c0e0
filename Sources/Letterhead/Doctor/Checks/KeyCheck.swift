// The key of what is saved: sign-ins of mailboxes, and passwords that apps use by CRAM-MD5.

import Control

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
  /// Apps with a password that is kept for CRAM-MD5. All other ways to sign in need no key.
  var apps: [AppSummary] = []
  /// A saved sign-in did not open with the key.
  var isRefused = false

  var findings: [DoctorFinding] {
    switch key {
    case .hidden: [DoctorFinding(.key, .note, "This user may not see whether the key of the saved sign-ins is there.")]
    case .missing: [missing]
    case .file: [wrong ?? DoctorFinding(.key, .ok, "The key of the saved sign-ins is \(path).")]
    case .credential: [wrong ?? DoctorFinding(.key, .ok, "The key of the saved sign-ins is a systemd credential.")]
    }
  }

  private var missing: DoctorFinding {
    let kept = apps.filter { $0.cramMD5Password != nil }.map(\.name)
    guard !sealed.isEmpty || !kept.isEmpty else {
      return DoctorFinding(.key, .ok, "There is no key yet: it is made with the first sign-in that is saved.")
    }
    return lost("\(path) is gone", sealed, kept)
  }

  private var wrong: DoctorFinding? {
    let unreadable = apps.filter { $0.cramMD5Password == .unreadable }.map(\.name)
    guard isRefused || !unreadable.isEmpty else { return nil }
    let name = key == .credential ? "The systemd credential" : path
    return lost("\(name) is not the key that this was sealed with", isRefused ? sealed : [], unreadable)
  }

  /// What the key sealed has to be forgotten before anything new is sealed: with another key half of it would be lost.
  private func lost(_ what: String, _ entities: [String], _ apps: [String]) -> DoctorFinding {
    let losses = [
      entities.isEmpty ? nil : "no saved sign-in of a mailbox can be used",
      apps.isEmpty ? nil : "\(apps.joined(separator: ", ")) cannot sign in by CRAM-MD5",
    ]
    let remedies = [
      entities.isEmpty ? nil : "connect each mailbox again",
      apps.isEmpty ? nil : "make those passwords anew (letterhead app password \(apps[0]) --cram-md5)",
    ]
    let commands =
      entities.map { "letterhead disconnect \($0)" } + apps.map { "letterhead app revoke \($0)" }
    return DoctorFinding(
      .key, .error,
      "\(what): \(Self.list(losses)). Put the right key back from a backup. Where there is none, forget what it sealed, then "
        + "\(Self.list(remedies)).", run: commands.isEmpty ? nil : commands.joined(separator: " && "))
  }

  private static func list(_ parts: [String?]) -> String { parts.compactMap(\.self).joined(separator: ", and ") }
}
