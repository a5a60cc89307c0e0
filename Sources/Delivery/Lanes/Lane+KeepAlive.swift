// A sign-in that nobody uses lapses. Where mail is rare, it is used all the same, at least weekly.

import Foundation
import OAuth
import Sockets

extension Lane {
  /// Looks every hour until cancelled, from a moment of the first hour that is each mailbox's own: a host with many of
  /// them shall not ask for all at once. What a sign-in meets here is known before there is mail for it.
  func keepSignInAlive() async {
    guard let tokens = opener.tokens else { return }
    let loop = loop
    do {
      try await loop.sleep(until: .now + door.pace.keepAlive * .random(in: 0.02...1))
      while true {
        if state == .open { await use(tokens) }
        try await loop.sleep(until: .now + door.pace.keepAlive)
      }
    } catch {
      // The lane has ended.
    }
  }

  private func use(_ tokens: any TokenSupply) async {
    do throws(TokenError) {
      try await tokens.keepAlive(now: Date())
    } catch .unavailable {
      // It lasts for months; the next hour will do.
    } catch {
      guard state == .open else { return }
      await meet(Outcome(of: .token(error), for: mailbox, now: Date()))
    }
  }
}
