// `letterhead doctor`: looks at everything that mail depends on here, and says what mends what.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Mailboxes
import Platform
import StorageSQLite

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
    let saved = await SavedState.seen(for: examination)
    let here = examination.here(environment: ProcessInfo.processInfo.environment, saved)
    if !json.isOn { for finding in here { show(finding) } }
    if isatty(2) == 1, !saved.mailboxes.isEmpty {
      printError("Asking \("server".counted(saved.mailboxes.count)), 25 seconds at most.")
    }
    let there = await examination.there(saved.mailboxes, unseen: saved.unseen).findings
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
    return "\("thing".counted(errors + warnings)) to mend"
      + (errors > 0 ? ", \(errors) of which may keep mail from flowing." : ".")
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

extension SavedState {
  /// Makes nothing: where no relay has run nothing is saved.
  static func seen(for examination: Examination) async -> SavedState {
    guard let configuration = examination.configuration else { return SavedState() }
    let entities = configuration.entities.map(\.key)
    var saved = SavedState()
    if RelaySocket.mayAnswer(at: examination.places) {
      saved = (try? await ask(configuration, entities)) ?? saved
    } else if FileManager.default.fileExists(atPath: "\(configuration.stateDirectory)/mailboxes.sqlite") {
      let asked = try? await Privileges.asOwner(of: configuration.stateDirectory) {
        var saved = try await ask(configuration, entities)
        saved.isKeyRefused = await isKeyRefused(in: configuration)
        return saved
      }
      saved = asked ?? saved
    }
    let seen = Set(saved.mailboxes.map(\.entity))
    saved.unseen = examination.connected.filter { !seen.contains($0) && entities.contains($0) }
    return saved
  }

  private static func ask(_ configuration: Configuration, _ entities: [String]) async throws -> SavedState {
    var saved = SavedState()
    try await ControlClient.use(configuration) { control in
      for entity in entities {
        _ = try? await control.ask(.describeMailbox(DescribeMailbox(entity: entity))) { reply in
          guard case .mailbox(let payload) = reply else { return }
          var mailbox = payload.mailbox
          mailbox.provider = configuration.providers[mailbox.provider.name].reached(by: mailbox.provider.transport)
          saved.mailboxes.append(mailbox)
        }
      }
      _ = try? await control.ask(.listApps(ListApps())) { if case .app(let app) = $0 { saved.apps.append(app) } }
    }
    return saved
  }

  /// A relay that runs has opened all of it.
  private static func isKeyRefused(in configuration: Configuration) async -> Bool {
    do throws(StoreError) {
      _ = try await SQLiteStorage.openMailboxes(of: configuration).load()
      return false
    } catch {
      return error.isOfKey && !error.isOfMissingKey
    }
  }
}
