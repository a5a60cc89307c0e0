// What `letterhead doctor` looks at, in two rounds: what this host knows, at once; and what servers answer, in some seconds.

package import Foundation
package import Mailboxes
import Status
import Submission
import Access

package struct Examination: Sendable {
  /// `nil`: it has mistakes.
  package let configuration: Configuration?
  package let places: RelayPlaces
  private let file: String
  let problems: [ConfigurationProblem]
  /// What the relay said last; of one that runs, if ``isRunning``.
  let snapshot: Snapshot?
  private let isRunning: Bool

  /// Reads the configuration and the status file. Blocks.
  package init(of file: String, now: Date) {
    self.file = file
    places = RelayPlaces.find(in: file)
    do throws(ConfigurationProblems) {
      configuration = try Configuration.read(file, openingFiles: true)
      problems = []
    } catch {
      configuration = nil
      problems = error.all
    }
    snapshot = try? StatusFile(path: places.statusFile).read()
    isRunning = snapshot.map { StatusFile.isFresh($0, at: now) } ?? false
  }

  /// The relay's process, while it runs.
  private var relay: Int32? { isRunning ? snapshot?.pid : nil }

  /// The entities that have a mailbox, as far as the relay has said.
  package var connected: [String] {
    (snapshot?.entities ?? [:]).filter { $0.value.address != nil }.map(\.key).sorted()
  }

  /// The entities whose sign-in is saved, and needs the key. Of one that cannot be seen that is taken for granted, but where
  /// its provider has no sign-in.
  private func sealed(_ mailboxes: [Mailbox], _ unseen: [String]) -> [String] {
    let seen = mailboxes.filter { $0.signIn != .none }.map(\.entity)
    return (seen + unseen.filter { snapshot?.entities[$0]?.provider != Provider.sandbox.name }).sorted()
  }

  /// Needs no answer from anywhere else. Blocks for some seconds at most.
  ///
  /// - Parameter saved: as far as this user may know it.
  package func here(environment: [String: String], _ saved: SavedState) -> [DoctorFinding] {
    let warnings =
      configuration.map { $0.warnings(above: DropPath(looking: $0), knows: SystemAccounts().knows) } ?? []
    var findings = ConfigurationCheck(file: file, problems: problems, warnings: warnings).findings
    findings += ServiceCheck(looking: isRunning ? snapshot : nil).findings
    findings += MailboxCheck(snapshot: snapshot).findings
    findings += FileCheck(looking: places, file, configuration).findings
    let minimum = Int64(configuration?.limits.queueMinFree ?? 0)
    findings += DiskCheck(looking: places.stateDirectory, keeping: minimum).findings
    findings +=
      KeyCheck(
        looking: places.stateDirectory, sealed: sealed(saved.mailboxes, saved.unseen), apps: saved.apps,
        isRefused: saved.isKeyRefused
      ).findings
    if let configuration { findings += ListenerCheck(looking: configuration, relay: relay).findings }
    findings += SendmailCheck(looking: configuration, relay: relay).findings
    findings += ResolverCheck().findings
    findings += AuthorityCheck(looking: environment).findings
    findings += ProxyCheck(looking: configuration?.network.proxy, environment: environment, relay: relay).findings
    return findings
  }

  /// Asks servers, side by side, for 25 seconds at most. Nobody signs in.
  ///
  /// - Parameter unseen: entities whose server this user may not know.
  package func there(_ mailboxes: [Mailbox], unseen: [String]) async -> (
    findings: [DoctorFinding], upstreams: [UpstreamCheck]
  ) {
    guard let configuration else { return ([], []) }
    let probes = NetworkProbes(configuration: configuration)
    async let clock = probes.clock(of: mailboxes)
    let upstreams =
      await probes.upstreams(of: mailboxes)
      + unseen.map { UpstreamCheck(entity: $0, server: nil, steps: [], ending: .unseen) }
    return (await clock.findings + upstreams.map(\.finding), upstreams)
  }
}
