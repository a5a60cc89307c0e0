// Access tokens for one mailbox, from what was granted: one request at a time, whoever asks.

package import Foundation
package import Mailboxes

/// Where a mailbox's access tokens come from. One for each generation of a mailbox, as long as that is connected.
///
/// A refresh goes through these states, and a power cut in each means:
/// **asking** (the server may have rotated the refresh token and we do not know the new one: at a server that rotates,
/// the sign-in is lost, and nobody on this side can help it) → **unsaved** (the new refresh token is in memory only: the
/// same) → **saved** (on disk; only now the access token is handed out).
package actor TokenSource {
  fileprivate struct Held {
    let token: AccessToken
    let renewAt: Date
  }

  /// No request is made in this time; whoever asks gets the error.
  fileprivate struct Rest {
    let time: Range<Date>
    let error: TokenError
  }

  private let grant: any TokenGrant
  private let keeper: any GrantKeeper
  private let endpoint: TokenEndpoint

  private var held: Held?
  private var rest: Rest?
  /// A rotated refresh token the store would not take yet, and what came with it.
  private var unsaved: (refreshToken: Secret, held: Held)?
  private var outages = 0

  private var isRefreshing = false
  private var waiters: [Int: CheckedContinuation<Result<AccessToken, TokenError>, Never>] = [:]
  private var asked = 0

  /// - Parameter keeper: has the newest refresh token, and takes the rotated one.
  package init(_ grant: any TokenGrant, keeper: any GrantKeeper, endpoint: TokenEndpoint = TokenEndpoint()) {
    self.grant = grant
    self.keeper = keeper
    self.endpoint = endpoint
  }

  /// For a saved mailbox: rotated refresh tokens go to the store before the access token is handed out.
  package init(_ grant: OAuthGrant, of mailbox: Mailbox, store: MailboxStore) {
    let keeper = StoredGrant(store: store, entity: mailbox.entity, generation: mailbox.generation)
    self.init(grant, keeper: keeper)
  }

  /// A token that is good for now; from memory where possible, else by one request that all who ask meanwhile share.
  ///
  /// While a refresh is impossible and the held token still valid, that is it. After a refusal nothing is asked for 30
  /// seconds, after an outage for a time that grows to 5 minutes, or for as long as the server wants.
  package func accessToken(now: Date) async throws(TokenError) -> AccessToken {
    if let held, now < held.renewAt { return held.token }
    if let rest, rest.time.contains(now) { return try fallback(after: rest.reported(at: now), now: now) }
    return try await refreshed(now: now)
  }

  /// The mail server refused this token: the next call asks for another. Does nothing for a token already replaced.
  package func reject(_ token: AccessToken) {
    if held?.token.secret == token.secret { held = nil }
  }

  private func fallback(after error: TokenError, now: Date) throws(TokenError) -> AccessToken {
    if case .unavailable = error, let held, now < held.token.expiresAt { return held.token }
    throw error
  }
}

// MARK: One flight

extension TokenSource {
  private func refreshed(now: Date) async throws(TokenError) -> AccessToken {
    if !isRefreshing {
      isRefreshing = true
      // Not a child of whoever asked first: when he is cancelled, a rotated token still has to reach the disk.
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
      let fresh = try await ask(now: now)
      (held, rest, outages) = (fresh, nil, 0)
      result = .success(fresh.token)
    } catch {
      let error = takeRest(after: error, now: now)
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

  private func ask(now: Date) async throws(TokenError) -> Held {
    do {
      return try await keeper.alone {
        if let unsaved {
          let held = try await save(unsaved.refreshToken, then: unsaved.held)
          if now < held.renewAt { return held }
        }
        let answer = try await endpoint.ask(grant.request(refreshToken: keeper.refreshToken()), now: now)
        let held = Held(answer, now: now)
        guard let rotated = answer.refreshToken else { return held }
        return try await save(rotated, then: held)
      }
    } catch let error as TokenError {
      throw error
    } catch StoreError.notConnected {
      throw .disconnected
    } catch {
      throw .unavailable(retryAfter: nil, words: "\(error)")
    }
  }

  private func save(_ refreshToken: Secret, then held: Held) async throws -> Held {
    unsaved = (refreshToken, held)
    try await keeper.keep(refreshToken)
    unsaved = nil
    return held
  }
}

// MARK: Rest

extension TokenSource {
  /// - Returns: the error as callers get it, with the time for which nothing will be asked.
  private func takeRest(after error: TokenError, now: Date) -> TokenError {
    switch error {
    case .refused, .misconfigured:
      rest = Rest(time: now..<now + 30, error: error)
    case .unavailable(let wanted, _):
      outages += 1
      let ours = min(300, 10 * Double(1 << min(outages - 1, 5)))
      rest = Rest(time: now..<now + max(ours, wanted?.seconds ?? 0), error: error)
    case .disconnected, .cancelled:
      return error
    }
    return rest?.reported(at: now) ?? error
  }
}

extension TokenSource.Rest {
  fileprivate func reported(at now: Date) -> TokenError {
    guard case .unavailable(_, let words) = error else { return error }
    return .unavailable(retryAfter: .seconds(time.upperBound.timeIntervalSince(now)), words: words)
  }
}

extension TokenSource.Held {
  /// Renewed 10 minutes before its end, because some servers refuse a token that is about to expire; a short-lived one
  /// after four fifths of its life.
  fileprivate init(_ answer: TokenAnswer, now: Date) {
    let lifetime = answer.lifetime.seconds
    token = AccessToken(secret: answer.accessToken, expiresAt: now + lifetime)
    renewAt = now + lifetime - min(600, lifetime / 5)
  }
}

extension Duration {
  fileprivate var seconds: Double { self / .seconds(1) }
}
