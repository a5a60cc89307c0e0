// A sign-in that nobody uses lapses. Where mail is rare it is used all the same, and what it meets is known before there
// is mail for it.

import Diagnosis
import Foundation
import Mailboxes
import Platform
import Transport

struct SignInKeepAlive: Sendable {
  let transport: any Transport
  let time: any TimeSource
  /// Between looks.
  let interval: Duration

  /// Looks until cancelled, from a moment of the first interval that is each mailbox's own: a host with many of them shall
  /// not ask for all at once.
  ///
  /// - Parameters:
  ///   - isWanted: the queue is open.
  ///   - tell: told of what a sign-in met.
  func run(while isWanted: () async -> Bool, tell: (Outcome) async -> Void) async {
    guard transport.keepsSignInAlive else { return }
    await time.sleep(for: interval * .random(in: 0.02...1))
    while !Task.isCancelled {
      if await isWanted() {
        do throws(TransportError) {
          try await transport.keepSignInAlive(now: time.now)
        } catch {
          await tell(Outcome(of: error, for: transport.mailbox, now: time.now))
        }
      }
      await time.sleep(for: interval)
    }
  }
}
