// `letterhead doctor`: looks at everything that mail depends on here, and says what mends what.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Mailboxes

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look for what is wrong, and say which command mends it.",
    discussion: """
      Looks at the configuration, the service, owners and rights of files, the disk, the key, ports, other mail programs of \
      this host, the resolver, certificates, proxies, the clock, and the mailboxes' servers. It changes nothing, and signs in \
      nowhere. Run as root it sees all; another user is told what it could not see.

      Exit codes:
        0  nothing to mend
        1  something to mend, while mail flows
        2  something may keep mail from flowing

      Example: letterhead doctor
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption

  func run() async throws {
    Hardening.apply()
    let examination = Examination(of: config.file, now: Date())
    let (mailboxes, unseen) = await SavedMailboxes.described(for: examination)
    let here = examination.here(environment: ProcessInfo.processInfo.environment, mailboxes, unseen: unseen)
    if !json.isOn { for finding in here { show(finding) } }
    if isatty(2) == 1, !mailboxes.isEmpty { printError("Asking \(mailboxes.count) servers, 25 seconds at most.") }
    let there = await examination.there(mailboxes, unseen: unseen).findings
    let all = here + there
    if json.isOn {
      try printJSON(Report(level: all.level, findings: all.map(\.naming)))
    } else {
      for finding in there { show(finding) }
      print(ending(all))
    }
    throw ExitCode(Self.code(of: all.level))
  }

  private struct Report: Encodable {
    let level: DoctorFinding.Level
    let findings: [DoctorFinding]
  }

  private func show(_ finding: DoctorFinding) {
    let finding = finding.naming
    let level = finding.level < .warning ? finding.level.rawValue : finding.level.rawValue.uppercased()
    let head = level.padding(toLength: 9, withPad: " ", startingAt: 0)
    print(head + finding.check.rawValue.padding(toLength: 15, withPad: " ", startingAt: 0) + finding.sentence)
    if let command = finding.command { print(String(repeating: " ", count: 24) + "Run: \(command)") }
    fflush(nil)
  }

  private func ending(_ findings: [DoctorFinding]) -> String {
    let (errors, warnings) = (
      findings.count { $0.level == .error }, findings.count { $0.level == .warning }
    )
    if errors + warnings == 0 { return "Nothing to mend." }
    let things = errors + warnings == 1 ? "1 thing" : "\(errors + warnings) things"
    return "\(things) to mend" + (errors > 0 ? ", \(errors) of which may keep mail from flowing." : ".")
  }

  private static func code(of level: DoctorFinding.Level) -> Int32 {
    switch level {
    case .ok, .note: 0
    case .warning: 1
    case .error: 2
    }
  }
}

extension DoctorFinding {
  fileprivate var naming: DoctorFinding {
    DoctorFinding(check, level, PastedCommand.naming(sentence), run: command.map { PastedCommand.naming($0) })
  }
}

/// The saved connections without their secrets, as far as this user may know them.
enum SavedMailboxes {
  /// Makes nothing: where no relay has run there are none.
  ///
  /// - Returns: the mailboxes, and the entities that have one which this user may not know.
  static func described(for examination: Examination) async -> (mailboxes: [Mailbox], unseen: [String]) {
    guard let configuration = examination.configuration else { return ([], []) }
    let entities = configuration.entities.map(\.key)
    var mailboxes: [Mailbox] = []
    if RelaySocket.mayAnswer(at: examination.places) {
      mailboxes = (try? await ask(configuration, entities)) ?? []
    } else if FileManager.default.fileExists(atPath: "\(configuration.stateDirectory)/mailboxes.sqlite") {
      let asked = try? await Privileges.asOwner(of: configuration.stateDirectory) {
        try await ask(configuration, entities)
      }
      mailboxes = asked ?? []
    }
    let seen = Set(mailboxes.map(\.entity))
    return (mailboxes, examination.connected.filter { !seen.contains($0) && entities.contains($0) })
  }

  private static func ask(_ configuration: Configuration, _ entities: [String]) async throws -> [Mailbox] {
    var mailboxes: [Mailbox] = []
    try await ControlClient.use(configuration) { control in
      for entity in entities {
        _ = try? await control.ask(.describeMailbox(DescribeMailbox(entity: entity))) { reply in
          guard case .mailbox(let payload) = reply else { return }
          var mailbox = payload.mailbox
          mailbox.provider = configuration.providers[mailbox.provider.name].reached(by: mailbox.provider.transport)
          mailboxes.append(mailbox)
        }
      }
    }
    return mailboxes
  }
}
