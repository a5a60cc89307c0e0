// The helper's side: one refresh, to the end, whatever becomes of the process that wanted it.

import Foundation
import Glibc
package import Mailboxes

package enum RefreshChild {
  /// How long a disk that does not take the new refresh token is asked again.
  private static let patience = Duration.seconds(30)

  /// Refreshes the sign-in of `entity` and writes the ``RefreshReport`` to standard output.
  ///
  /// - Parameters:
  ///   - words: the state directory, the entity, and the generation of its mailbox.
  ///   - open: opens the saved connections of a state directory for an entity.
  /// - Returns: the process's exit code.
  package static func run(
    _ words: [String], opening open: (_ stateDirectory: String, Entity) throws(StoreError) -> MailboxStore
  ) async -> Int32 {
    guard words.count == 3, let generation = Int64(words[2]) else { return 64 }
    outliveParent()
    let (state, entity) = (words[0], words[1])
    await write(
      report(of: entity, generation) { () throws(StoreError) in try open(state, Entity(key: entity, name: entity)) })
    return 0
  }

  /// A service manager that saw the relay die signals everything left of it, and means us to hurry, not to drop what a
  /// provider is about to send. The kernel's alarm is for the rest.
  private static func outliveParent() {
    for number in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
    signal(SIGALRM, SIG_DFL)
    alarm(UInt32(RefreshHelper.lifetime.components.seconds))
  }

  private static func report(
    of entity: String, _ generation: Int64, in open: () throws(StoreError) -> MailboxStore
  ) async -> RefreshReport {
    do {
      let store = try open()
      guard let mailbox = try await store.load().mailbox(of: entity), mailbox.generation == generation,
        case .oauth(let grant) = mailbox.signIn
      else { return .failed(.disconnected) }
      return await report(
        LocalRefresher(grant, keeper: StoredGrant(store: store, entity: entity, generation: generation)))
    } catch {
      return .failed(.unavailable(retryAfter: nil, words: "\(error)"))
    }
  }

  private static func report(_ refresher: LocalRefresher) async -> RefreshReport {
    let deadline = ContinuousClock.now + patience
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
      // Nobody is there to read it any more. What matters is on disk.
      guard count > 0 || errno == EINTR else { return }
      rest = rest.dropFirst(max(count, 0))
    }
  }
}
