// What goes into a support bundle. Every page is made of values that this program has read or measured, in the forms that the
// files beside this one allow; nothing is copied and filtered afterwards. Of the databases the history is counted, and no
// message, key or environment is opened.

import Cryptography
package import Foundation
package import Platform
import Mailboxes
import SMTP
import Status
package import StorageSQLite

package struct SupportBundle: Sendable {
  /// A file of the bundle.
  struct Page: Equatable, Sendable {
    let name: String
    /// What it is, for the page that lists them all.
    let about: String
    let text: String
  }

  package static let leftOut = [
    "messages, subjects, envelopes and the queue's database",
    "the saved connections, their key, and every file that the configuration names",
    "texts of the configuration: names, commands, user names, client ids, proxies, comments",
    "the words of providers in replies: only their codes are in here",
    "what comes before the @ of addresses: a code stands for it, other in each bundle",
    "environments and command lines of processes, and such settings of the service",
  ]

  let pages: [Page]

  /// - Parameters:
  ///   - findings: of the doctor.
  ///   - upstreams: of the doctor.
  ///   - history: `nil` where it cannot be read.
  ///   - log: what the relay has logged last.
  package init(
    _ examination: Examination, _ findings: [DoctorFinding], _ upstreams: [UpstreamCheck], _ history: HistorySummary?,
    log: LogLines
  ) {
    let digest = AddressDigest(key: randomOctets(32))
    pages =
      Self.configurationPages(examination, digest) + Self.statusPages(examination, digest)
      + [
        Page(name: "doctor.txt", about: "what letterhead doctor found", text: Self.doctorText(findings)),
        Page(
          name: "network.txt", about: "how far each mailbox's server was reached", text: Self.networkText(upstreams)),
        Page(name: "versions.txt", about: "versions of Letterhead and of this system", text: VersionFacts.text),
        Page(
          name: "history.txt", about: "how many messages of each entity have ended, and since when",
          text: Self.historyText(history)),
        Page(
          name: "unit.txt", about: "settings of the service",
          text: ShownUnit.text(of: Self.output("systemctl", ["cat", "letterhead.service"]))),
        Page(name: "log.txt", about: "events of the last 2,000 lines of the log", text: log.text(digest)),
      ]
  }

  /// The names and what they are, for people.
  package var contents: [String] { pages.map { "\($0.name): \($0.about)" } }

  private var introduction: String {
    """
    A support bundle of Letterhead \(Version.current), made by letterhead support-bundle.

    In here:
    \((["README.txt: this page"] + contents).map { "  " + $0 }.joined(separator: "\n"))

    Left out:
    \(Self.leftOut.map { "  " + $0 }.joined(separator: "\n"))

    """
  }

  /// Blocks.
  package func write(to file: consuming Descriptor, now: Date) throws(SystemError) {
    var writer = ArchiveWriter(file, at: now)
    try writer.add("README.txt", introduction)
    for page in pages { try writer.add(page.name, page.text) }
    try writer.finish()
  }

  // MARK: Pages

  private static func configurationPages(_ examination: Examination, _ digest: AddressDigest) -> [Page] {
    let shown = examination.configuration.map { ShownConfiguration.text(of: $0, digest) }
    // The sentences quote the file.
    let mistakes = examination.problems.map { "line \($0.line): a mistake" }
    let check = mistakes.isEmpty ? "The configuration is right.\n" : mistakes.joined(separator: "\n") + "\n"
    return [
      Page(
        name: "configuration.toml", about: "the configuration without its texts",
        text: shown ?? "# The configuration has mistakes: see check.txt.\n"),
      Page(name: "check.txt", about: "lines of the configuration with mistakes", text: check),
    ]
  }

  private static func statusPages(_ examination: Examination, _ digest: AddressDigest) -> [Page] {
    let folder = URL(fileURLWithPath: examination.places.statusFile).deletingLastPathComponent()
    let metrics = FileManager.default.contents(atPath: folder.appending(path: "metrics.prom").path) ?? Data()
    return [
      Page(
        name: "status.json", about: "states, queue and totals of each entity",
        text: examination.snapshot.map { ShownStatus($0, digest).json } ?? "{}\n"),
      Page(
        name: "metrics.prom", about: "the relay's metrics",
        text: ShownMetrics.text(of: String(decoding: metrics.prefix(4 << 20), as: UTF8.self))),
    ]
  }

  private static func doctorText(_ findings: [DoctorFinding]) -> String {
    // Sentences about these quote what people or servers have written.
    let quoting: Set<DoctorCheck> = [.configuration, .mailboxes, .upstream]
    return findings.map { finding in
      "\(finding.level.rawValue) \(finding.check.rawValue)"
        + (quoting.contains(finding.check) ? "" : " \(finding.sentence)") + "\n"
    }.joined()
  }

  private static func networkText(_ upstreams: [UpstreamCheck]) -> String {
    upstreams.map { upstream in
      let server = upstream.server.map { "\($0.host):\($0.port) \($0.security.rawValue)" } ?? "not known"
      return """
        \(PlainWord.name(upstream.entity) ?? "(a name)"): \(server)
          addresses: \(upstream.addresses.joined(separator: ", "))
          tls: \(upstream.tlsVersion ?? "none")
          reached: \(upstream.steps.joined(separator: ", "))
          ending: \(upstream.ending.word)

        """
    }.joined()
  }

  private static func historyText(_ history: HistorySummary?) -> String {
    guard let history else { return "The history cannot be read.\n" }
    return history.lines.map { line in
      "\(PlainWord.name(line.entity) ?? "(a name)"): \(line.count), from \(line.firstEnded.formatted(.iso8601)) to "
        + "\(line.lastEnded.formatted(.iso8601))\n"
    }.joined()
  }

  private static func output(_ program: String, _ arguments: [String]) -> String {
    String(
      decoding: ShortCommand.output(of: program, arguments, within: .seconds(10), most: 16 << 20) ?? [], as: UTF8.self)
  }
}
