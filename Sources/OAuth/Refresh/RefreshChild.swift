// The helper's side: one refresh, to the end, whatever becomes of the process that asked for it.

import FoundationEssentials
import Glibc
package import HTTP
package import Mailboxes

package enum RefreshChild {
  /// For how long a disk that does not take the new refresh token is tried again.
  private static let retryLimit = Duration.seconds(30)

  /// Refreshes the sign-in of `entity` and writes the ``RefreshReport`` to standard output.
  ///
  /// - Parameters:
  ///   - words: the state directory, the entity, and the generation of its mailbox.
  ///   - open: opens the saved connections of a state directory for an entity.
  /// - Returns: the process's exit code.
  package static func run(
    _ words: [String], over client: HTTPClient,
    opening open: (_ stateDirectory: String, Entity) throws(StoreError) -> MailboxStore
  ) async -> Int32 {
    guard words.count == 3, let generation = Int64(words[2]) else { return 64 }
    outliveParent()
    let entity = Entity(key: words[1], name: words[1])
    await write(report(for: entity, generation, over: client) { () throws(StoreError) in try open(words[0], entity) })
    return 0
  }

  /// A service manager that saw the relay die sends signals to every process that is left. They mean that we should hurry,
  /// not that we should drop what a provider is about to send. The kernel's alarm ends a helper that hangs.
  private static func outliveParent() {
    for number in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
    signal(SIGALRM, SIG_DFL)
    alarm(UInt32(RefreshHelper.lifetime.components.seconds))
  }

  private static func report(
    for entity: Entity, _ generation: Int64, over client: HTTPClient, _ open: () throws(StoreError) -> MailboxStore
  ) async -> RefreshReport {
    do {
      let mailboxes = try open()
      guard let mailbox = try await mailboxes.load().mailbox(of: entity.key), mailbox.generation == generation,
        case .oauth(let grant) = mailbox.signIn
      else { return .failed(.disconnected) }
      return await report(
        LocalRefresher(
          grant, store: MailboxTokenStore(mailboxes: mailboxes, entity: entity.key, generation: generation),
          endpoint: TokenEndpoint(over: client, trusting: mailbox.authoritiesPEM)))
    } catch {
      return .failed(.unavailable(retryAfter: nil, words: "\(error)"))
    }
  }

  private static func report(_ refresher: LocalRefresher) async -> RefreshReport {
    let deadline = ContinuousClock.now + retryLimit
    while true {
      do throws(TokenError) {
        return .token(.init(try await refresher.refresh(now: Date())))
      } catch {
        guard let unsaved = await refresher.unsaved, let token = unsaved.use.refreshToken else { return .failed(error) }
        guard ContinuousClock.now < deadline else {
          return .unsaved(
            .init(unsaved.fresh), refreshToken: token.reveal(), lapses: unsaved.use.lapses, at: unsaved.use.at)
        }
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private static func write(_ report: RefreshReport) {
    guard let octets = try? JSONEncoder().encode(report) else { return }
    var rest = Array(octets)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
      // The reader has gone. What matters is on disk.
      guard count > 0 || errno == EINTR else { return }
      rest = rest.dropFirst(max(count, 0))
    }
  }
}
