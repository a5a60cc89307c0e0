// Owners and rights of what the relay reads and writes.

import Diagnosis
import Platform

/// One name of the file system, as it was found.
struct PathFacts: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case missing, folder, file, link, other
    /// This user may not look there.
    case hidden
  }

  /// What it is for.
  enum Purpose: Equatable, Sendable {
    /// Whoever may write it decides whose mail goes where.
    case configuration
    case stateDirectory
    /// A file in the state directory.
    case state
    /// The folder of the status file and of the commands' socket.
    case statusFolder
    /// Named by the configuration, and nobody else's business.
    case secret
    /// Named by the configuration, and public.
    case certificate
  }

  var path: String
  var role: Purpose
  var kind: Kind
  var owner: UInt32 = 0
  var group: UInt32 = 0
  var mode: UInt32 = 0
}

struct FileCheck: Sendable {
  let paths: [PathFacts]
  /// Whom the relay runs as: the owner of the state directory.
  let relay: (owner: UInt32, group: UInt32)?

  var findings: [DoctorFinding] {
    let all = paths.compactMap { finding($0) }
    let hidden = paths.contains { $0.kind == .hidden }
    if all.isEmpty, !hidden {
      return [DoctorFinding(.files, .ok, "Owners and rights of all files are as they should be.")]
    }
    let note = DoctorFinding(
      .files, .note, "This user may not see the relay's files. To look at them too, run this as root.")
    return all + (hidden ? [note] : [])
  }

  private func finding(_ facts: PathFacts) -> DoctorFinding? {
    let path = shellWord(facts.path)
    switch (facts.role, facts.kind) {
    case (_, .hidden), (.state, .missing): return nil
    case (.stateDirectory, .missing), (.statusFolder, .missing):
      return DoctorFinding(.files, .note, "\(facts.path) is not there yet: the relay makes it when it starts.")
    case (_, .missing):
      return DoctorFinding(
        .files, .error, "\(facts.path) is named by the configuration and is not there.", run: "letterhead check")
    case (.stateDirectory, let kind) where kind != .folder:
      let aside = shellWord(FreeName.of(facts.path, ending: ".old"))
      return DoctorFinding(.files, .error, "\(facts.path) is not a folder.", run: "mv \(path) \(aside)")
    case (.state, .link), (.state, .other):
      return DoctorFinding(.files, .error, "\(facts.path) is no regular file, and is refused.", run: "ls -l \(path)")
    default: return rights(of: facts, path)
    }
  }

  private func rights(of facts: PathFacts, _ path: String) -> DoctorFinding? {
    switch facts.role {
    case .configuration where facts.mode & 0o022 != 0:
      DoctorFinding(
        .files, .warning, "\(facts.path) may be changed by others than its owner.", run: "chmod go-w \(path)")
    case .stateDirectory where facts.mode & 0o077 != 0:
      DoctorFinding(
        .files, .error, "\(facts.path) is open to other users, and the relay refuses it.", run: "chmod 0700 \(path)")
    case .state where relay.map { facts.owner != $0.owner } ?? false:
      DoctorFinding(
        .files, .error, "\(facts.path) belongs to user \(facts.owner), and the relay is user \(relay?.owner ?? 0).",
        run: "chown \(relay?.owner ?? 0):\(relay?.group ?? 0) \(path)")
    case .state where facts.mode & 0o077 != 0:
      DoctorFinding(.files, .error, "\(facts.path) is open to other users.", run: "chmod 0600 \(path)")
    case .statusFolder where facts.mode & 0o005 != 0o005:
      DoctorFinding(
        .files, .warning, "Other users may not enter \(facts.path), where the status is.", run: "chmod 0755 \(path)")
    case .secret where facts.mode & 0o007 != 0:
      DoctorFinding(
        .files, .warning, "Every user of this host may open \(facts.path), which is secret.", run: "chmod o= \(path)")
    case .secret, .certificate: unreadable(facts, path)
    default: nil
    }
  }

  /// The relay opens it as its own user.
  private func unreadable(_ facts: PathFacts, _ path: String) -> DoctorFinding? {
    guard let relay, relay.owner != 0 else { return nil }
    let mayRead = facts.owner == relay.owner ? 0o400 : facts.group == relay.group ? 0o040 : 0o004
    if facts.mode & UInt32(mayRead) != 0 { return nil }
    return DoctorFinding(
      .files, .error, "The relay (user \(relay.owner)) may not read \(facts.path).",
      run: facts.owner == relay.owner ? "chmod u+r \(path)" : "chgrp \(relay.group) \(path) && chmod g+r \(path)")
  }
}
