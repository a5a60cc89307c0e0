// Access tokens for one mailbox, from what was granted, with one request at a time.

package import FoundationEssentials
package import HTTP
package import Mailboxes

/// Where a mailbox's access tokens come from. One for each generation of a mailbox, as long as that is connected.
/// What a power cut or a kill costs at which moment is told at ``LocalRefresher`` and ``HelperRefresher``.
package actor TokenSource {
  /// A time in which no request is made: all callers get the error.
  fileprivate struct Pause {
    let time: Range<Date>
    let error: TokenError
  }

  /// A sign-in that has not been used for so long is used, so that it does not lapse: at least weekly.
  static let longestDisuse = Duration.seconds(6 * 86_400)

  private let refresher: any Refresher
  /// Told of each request: why it failed, or `nil`.
  private let refreshed: @Sendable (TokenError?) -> Void
  private var held: FreshToken?
  private var pause: Pause?
  private var outages = 0

  private var isRefreshing = false
  private var waiters: [Int: CheckedContinuation<Result<AccessToken, TokenError>, Never>] = [:]
  private var asked = 0
  var waitingCallers: Int { waiters.count }

  /// - Parameter refreshed: told of each request: why it failed, or `nil`.
  package init(_ refresher: any Refresher, refreshed: @escaping @Sendable (TokenError?) -> Void = { _ in }) {
    self.refresher = refresher
    self.refreshed = refreshed
  }

  /// For a grant that is tested before it is saved.
  package init(_ grant: any TokenGrant, store: any TokenStore, endpoint: TokenEndpoint) {
    self.init(LocalRefresher(grant, store: store, endpoint: endpoint))
  }

  /// For a saved mailbox: rotated refresh tokens go to `mailboxes` before the access token is handed out.
  ///
  /// - Parameters:
  ///   - helper: asks in this process's place, so that its death costs nothing; without one, this process asks.
  ///   - refreshed: told of each request: why it failed, or `nil`.
  package init(
    _ grant: OAuthGrant, of mailbox: Mailbox, in mailboxes: MailboxStore, over client: HTTPClient,
    helper: RefreshHelper? = nil, refreshed: @escaping @Sendable (TokenError?) -> Void = { _ in }
  ) {
    let local = LocalRefresher(
      grant,
      store: MailboxTokenStore(mailboxes: mailboxes, entity: mailbox.entity, generation: mailbox.generation),
      endpoint: TokenEndpoint(over: client, trusting: mailbox.authoritiesPEM))
    // A grant without a refresh token has nothing that could be lost.
    if let helper, grant.refreshToken != nil {
      self.init(
        HelperRefresher(helper, of: mailbox, in: mailboxes.stateDirectory, otherwise: local), refreshed: refreshed)
    } else {
      self.init(local, refreshed: refreshed)
    }
  }

  /// A valid token; from memory where possible, else by one request that is shared by all who ask meanwhile.
  ///
  /// While a refresh is impossible and the held token still valid, that is it. After a refusal nothing is asked for 30
  /// seconds, after an outage for a time that grows to 5 minutes, or for as long as the server wants.
  package func accessToken(now: Date) async throws(TokenError) -> AccessToken {
    if let held, now < held.renewAt { return held.token }
    if let pause, pause.time.contains(now) { return try fallback(after: pause.reported(at: now), now: now) }
    return try await refreshed(now: now)
  }

  /// The mail server refused this token: the next call asks for another. Does nothing for a token already replaced.
  package func reject(_ token: AccessToken) {
    if held?.token.secret == token.secret { held = nil }
  }

  /// Uses the sign-in if no process has used it for six days: mail may be rare, and an unused sign-in lapses. Does nothing
  /// in the pause after a failed refresh.
  ///
  /// - Throws: what the sign-in met, when it had to be used and could not.
  package func keepAlive(now: Date) async throws(TokenError) {
    if let pause, pause.time.contains(now) { return }
    guard let last = await refresher.lastUse(), .seconds(now.timeIntervalSince(last)) >= Self.longestDisuse else {
      return
    }
    _ = try await refreshed(now: now)
  }

  private func fallback(after error: TokenError, now: Date) throws(TokenError) -> AccessToken {
    switch error {
    case .unavailable, .clientProof:
      if let held, now < held.token.expiresAt { return held.token }
    case .refused, .misconfigured, .clockWrong, .disconnected, .cancelled: break
    }
    throw error
  }
}

// MARK: One refresh at a time

extension TokenSource {
  private func refreshed(now: Date) async throws(TokenError) -> AccessToken {
    if !isRefreshing {
      isRefreshing = true
      // Not a child of the first caller's task: when that is cancelled, a rotated token must still reach the disk.
      Task { await refresh(now: now) }
    }
    asked += 1
    let ticket = asked
    let result: Result<AccessToken, TokenError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled {
          continuation.resume(returning: .failure(.cancelled))
        } else {
          waiters[ticket] = continuation
        }
      }
    } onCancel: {
      Task { await self.leave(ticket) }
    }
    return try result.get()
  }

  private func leave(_ ticket: Int) {
    waiters.removeValue(forKey: ticket)?.resume(returning: .failure(.cancelled))
  }

  private func refresh(now: Date) async {
    var result: Result<AccessToken, TokenError>
    do throws(TokenError) {
      let fresh = try await refresher.refresh(now: now)
      (held, pause, outages) = (fresh, nil, 0)
      refreshed(nil)
      result = .success(fresh.token)
    } catch {
      refreshed(error)
      let error = beginPause(after: error, now: now)
      do throws(TokenError) {
        result = .success(try fallback(after: error, now: now))
      } catch {
        result = .failure(error)
      }
    }
    isRefreshing = false
    let answered = waiters
    waiters = [:]
    for waiter in answered.values { waiter.resume(returning: result) }
  }
}

// MARK: Pauses

extension TokenSource {
  /// - Returns: the error as callers get it, with the time for which nothing will be asked.
  private func beginPause(after error: TokenError, now: Date) -> TokenError {
    switch error {
    case .refused, .misconfigured, .clockWrong, .clientProof:
      pause = Pause(time: now..<now + 30, error: error)
    case .unavailable(_, let wanted, _):
      outages += 1
      let ours = min(300, 10 * Double(1 << min(outages - 1, 5)))
      pause = Pause(time: now..<now + max(ours, wanted?.seconds ?? 0), error: error)
    case .disconnected, .cancelled:
      return error
    }
    return pause?.reported(at: now) ?? error
  }
}

extension TokenSource.Pause {
  fileprivate func reported(at now: Date) -> TokenError {
    guard case .unavailable(let status, _, let words) = error else { return error }
    let rest = Duration.seconds(time.upperBound.timeIntervalSince(now))
    return .unavailable(status: status, retryAfter: rest, words: words)
  }
}

extension Duration {
  fileprivate var seconds: Double { self / .seconds(1) }
}
