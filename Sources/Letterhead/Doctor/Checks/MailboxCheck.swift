// What the relay itself says is wrong: flags of mailboxes, and problems of the whole.

import Foundation
import Mailboxes
import Platform
import Status

struct MailboxCheck: Equatable, Sendable {
  /// `nil`: no status can be read.
  let snapshot: Snapshot?

  var findings: [DoctorFinding] {
    guard let snapshot else {
      return [DoctorFinding(.mailboxes, .note, "The relay has left no status, so nothing is known of its mailboxes.")]
    }
    let problems = snapshot.problems.map { problem in
      let level: DoctorFinding.Level = problem.class.stopsAccepting ? .error : .warning
      return Self.repeating(problem.summary, problem.remedy, level)
    }
    return problems + snapshot.entities.sorted { $0.key < $1.key }.map { Self.finding($0.key, $0.value) }
  }

  private static func finding(_ key: String, _ entity: EntityStatus) -> DoctorFinding {
    if let fault = entity.error {
      return repeating("\(key): \(fault.summary)", fault.remedy, .error)
    }
    switch entity.state {
    case .disconnected where entity.queue.queued > 0:
      return DoctorFinding(
        .mailboxes, .error,
        "\(key) has no mailbox connected, and \("message waits".counted(entity.queue.queued, plural: "messages wait")).",
        run: "letterhead connect \(key) --help")
    case .disconnected:
      return DoctorFinding(
        .mailboxes, .warning, "\(key) has no mailbox connected.", run: "letterhead connect \(key) --help")
    case .paused:
      return DoctorFinding(.mailboxes, .note, "\(key) is paused by its provider's limits, and goes on by itself.")
    case .connected where entity.slowed != nil:
      return DoctorFinding(.mailboxes, .note, "\(key) is connected. \(entity.slowed?.summary ?? "")")
    case .connected, .error:
      return DoctorFinding(.mailboxes, .ok, "\(key) is connected.")
    }
  }

  /// A remedy without a command is part of the sentence: what is behind `Run:` can be pasted.
  private static func repeating(_ summary: String, _ remedy: String, _ level: DoctorFinding.Level) -> DoctorFinding {
    if let command = command(in: remedy) { return DoctorFinding(.mailboxes, level, summary, run: command) }
    return DoctorFinding(.mailboxes, level, "\(summary) \(remedy)")
  }

  private static let programs = ["letterhead ", "systemctl ", "kill ", "chmod ", "chown "]

  /// Remedies that have a command end with it, behind a colon: "Put the right key back, or run: letterhead …".
  static func command(in remedy: String) -> String? {
    guard let colon = remedy.range(of: ": ", options: .backwards) else { return nil }
    let rest = remedy[colon.upperBound...]
    let command = rest.hasSuffix(".") ? rest.dropLast() : rest
    let goesOn = [". ", "; ", ", "].contains { command.contains($0) }
    return programs.contains { command.hasPrefix($0) } && !goesOn ? String(command) : nil
  }
}
