// Refreshes a saved sign-in so that the death of the asking process costs nothing.

import FoundationEssentials
import Logging
import Logs
import Mailboxes

/// Asks from a short-lived process in a session of its own, the helper. The helper holds the lock, asks, stores the rotated
/// token, and hands the access token back by a pipe. What a kill of *this* process means:
/// * before the helper holds the lock: the helper refreshes all the same, or finds out that it cannot.
/// * while the helper asks or stores: the helper goes on to its end, and the new refresh token is on disk. The next process
///   waits for the lock, and then reads the newest token.
/// * once the helper has stored: only the access token is lost; the next process asks for another.
///
/// A kill of the helper costs what ``LocalRefresher`` says of its own process. It can come from the kernel's out-of-memory
/// killer, from `systemctl kill`, and at the end of `TimeoutStopSec`.
actor HelperRefresher: Refresher {
  private let helper: RefreshHelper
  private let state: String
  private let entity: String
  private let generation: Int64
  private let local: LocalRefresher

  /// - Parameters:
  ///   - state: the directory of the saved connections.
  ///   - local: asks where no helper can be started, and saves what a helper could not.
  init(_ helper: RefreshHelper, of mailbox: Mailbox, in state: String, otherwise local: LocalRefresher) {
    self.helper = helper
    self.state = state
    self.local = local
    (entity, generation) = (mailbox.entity, mailbox.generation)
  }

  func refresh(now: Date) async throws(TokenError) -> FreshToken {
    guard await local.unsaved == nil else { return try await local.refresh(now: now) }
    let report: RefreshReport
    do throws(RefreshHelper.Failure) {
      report = try await helper.run(state, entity, generation)
    } catch {
      switch error {
      case .notStarted(let reason):
        helper.log?.tell(.helperNotStarted, [.entity: entity, .reason: "\(reason)"])
        return try await local.refresh(now: now)
      case .silent(let words): throw .unavailable(retryAfter: nil, words: words)
      }
    }
    switch report {
    case .token(let token): return token.fresh
    case .failed(let error): throw error
    case .unsaved(let token, let refreshToken, let lapses, let at):
      await local.adopt(SignInUse(at: at, refreshToken: Secret(refreshToken), lapses: lapses), token.fresh)
      return try await local.refresh(now: now)
    }
  }

  func lastUse() async -> Date? { await local.lastUse() }
}
