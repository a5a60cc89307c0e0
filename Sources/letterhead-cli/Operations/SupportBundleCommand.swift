// `letterhead support-bundle`: what helps others to help, and no secret.

import ArgumentParser
import Foundation
import Letterhead
import Platform
import StorageSQLite

struct SupportBundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "support-bundle",
    abstract: "Write a file for whoever helps you, without secrets and without mail.",
    discussion: """
      Puts together what `letterhead doctor` finds, the status, the metrics, the shape of the configuration, versions, \
      settings of the service, and the events of the last 2,000 log lines. It is built from a list of what is safe to show, \
      and prints what is in it and what was left out. Look into it before you send it: it is a tar archive of text files.

      The log is the journal's. Where there is none, name the file that the relay's standard error goes to with --log: of its \
      lines the same is shown.

      Examples:
        letterhead support-bundle --out /tmp/letterhead-support.tar
        letterhead support-bundle --log /var/log/letterhead.log
      """)

  @OptionGroup var config: ConfigurationOption
  @Option(
    help: ArgumentHelp("The file to write. It must not be there yet.", valueName: "file"), completion: .file())
  var out = "letterhead-support.tar"
  @Option(
    help: ArgumentHelp("The relay's log, in the place of the journal.", valueName: "file"), completion: .file())
  var log: String?

  func run() async throws {
    Hardening.apply()
    guard config.exists else {
      throw CommandFailure("There is no \(config.file). Name the configuration with --config FILE.")
    }
    let lines = try log.map(Self.lines)
    let target = try DraftedFile(at: out)
    let draft = try target.open()
    do {
      let bundle = try await write(to: Descriptor(owning: dup(draft.number)), logging: lines)
      try target.keep()
      print(report(bundle))
    } catch {
      target.discard()
      throw error
    }
  }

  private static func lines(of file: String) throws -> LogLines {
    do throws(SystemError) { return try LogLines(endOf: file) } catch {
      throw CommandFailure("The file \(file) of --log cannot be read: \(error).")
    }
  }

  private func write(to file: consuming Descriptor, logging log: LogLines?) async throws -> SupportBundle {
    let now = Date()
    let examination = Examination(of: config.file, now: now)
    let saved = await SavedState.seen(for: examination)
    let here = examination.here(environment: ProcessInfo.processInfo.environment, saved)
    let there = await examination.there(saved.mailboxes, unseen: saved.unseen)
    let state = examination.places.stateDirectory
    let history = try? Privileges.asOwner(of: state) { try HistorySummary(readingIn: state) }
    let bundle = SupportBundle(examination, here + there.findings, there.upstreams, history, log: log ?? .ofJournal())
    try bundle.write(to: file, now: now)
    return bundle
  }

  private func report(_ bundle: SupportBundle) -> String {
    let contents = bundle.contents.map { "  \($0)" }
    let leftOut = SupportBundle.leftOut.map { "  \($0)" }
    return (["\(out) has:"] + contents + ["Left out:"] + leftOut).joined(separator: "\n")
  }
}
