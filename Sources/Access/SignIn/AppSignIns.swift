// Answers what a sign-in at a listener asks about a user, from memory. What takes time is done on a thread of its own.

package import Foundation
package import Mailboxes
package import Platform
package import SMTP
import Synchronization

/// One for the process.
package final class AppSignIns: Sendable {
  private let registry: @Sendable () -> AppRegistry
  private let apps: @Sendable () -> [App]
  private let time: any TimeSource
  private let primitives: ScramPrimitives
  /// Derives keys from passwords, some milliseconds each, which would keep a loop's other sessions waiting.
  private let worker = Worker(name: "passwords")
  /// Other for each process, so that nobody can compute which user names are decoys.
  private let decoyKey: HiddenOctets
  private let lastSignIns = Mutex<[String: Date]>([:])
  private let accepted = Mutex(AcceptedPasswords())

  /// - Parameters:
  ///   - registry: as it stands now; ``MailboxStore/apps``.
  ///   - apps: as the configuration names them now.
  package init(
    registry: @escaping @Sendable () -> AppRegistry, apps: @escaping @Sendable () -> [App],
    time: any TimeSource = SystemTime(), primitives: ScramPrimitives = .openSSL
  ) {
    self.registry = registry
    self.apps = apps
    self.time = time
    self.primitives = primitives
    decoyKey = HiddenOctets(primitives.nonce())
  }

  /// What a listener offers; `nil` where nobody could sign in and nobody has to, so that AUTH would only mislead.
  ///
  /// - Parameter listener: its address, as the configuration writes it.
  package func offer(
    at listener: String, isRequired: Bool, allowsCleartext: Bool, isLegacy: Bool
  ) -> ServerDialogue.SignInOffer? {
    let able = apps().filter(\.signsIn)
    if able.isEmpty, !isRequired { return nil }
    let usesCramMD5 = able.contains { mayUseCramMD5($0, at: listener) }
    return ServerDialogue.SignInOffer(
      mechanisms: SASLMechanism.offerable + (usesCramMD5 ? [.cramMD5] : []), primitives: primitives,
      isRequired: isRequired, allowsCleartext: allowsCleartext, isLegacy: isLegacy)
  }

  /// Clients that prefer CRAM-MD5 (PHPMailer) give up where it fails, so no app is shown it without need: only where an app
  /// has a password for it, and may come to this listener.
  private func mayUseCramMD5(_ app: App, at listener: String) -> Bool {
    guard app.signsInByCramMD5, app.listeners.isEmpty || app.listeners.contains(listener) else { return false }
    return registry().credentials[app.name]?.equivalents(at: time.now).isEmpty == false
  }

  /// The answer to the question of a `.verify` step. A user who does not exist is answered for as one with another password
  /// would be, and takes as long.
  package func answer(_ question: SASLQuestion) async -> SASLAnswer {
    let now = time.now
    let found = credential(of: question.username)
    let verifier = found?.credential.verifier(at: now) ?? decoy(for: question.username)
    switch question {
    case .isPassword(let password, _):
      return await check(password, by: verifier)
    case .verifier:
      return .verifier(verifier)
    case .equivalents:
      let kept = found.flatMap { $0.app.signsInByCramMD5 ? $0.credential.equivalents(at: now) : nil } ?? []
      return .equivalents(kept.isEmpty ? [HiddenOctets(primitives.nonce())] : kept)
    }
  }

  /// To be called when the dialogue's `username` is set, and remembers the time.
  ///
  /// - Returns: `nil` for an app whose password was revoked, or which may not sign in any more, since it was asked for.
  package func signedIn(as username: String) -> AppUser? {
    guard let user = AppUser(username), credential(of: username) != nil else { return nil }
    let now = time.now
    lastSignIns.withLock { $0[user.app] = now }
    return user
  }

  /// When the app signed in last, since this process began.
  package func lastSignIn(of app: String) -> Date? { lastSignIns.withLock { $0[app] } }

  /// Apps that open a connection for each message send one password all day: it is worked through once.
  private func check(_ password: HiddenOctets, by verifier: ScramVerifier) async -> SASLAnswer {
    let keys = verifier.keys.flatMap(\.stored.octets)
    let mark = primitives.hmac(decoyKey.octets, keys + password.octets)
    if accepted.withLock({ $0.contains(mark) }) { return .accepted }
    let matches = await worker.run { [primitives] in verifier.matches(password, primitives) }
    if matches { accepted.withLock { $0.insert(mark) } }
    return matches ? .accepted : .refused
  }

  /// Of an app that may sign in.
  private func credential(of username: String) -> (app: App, credential: AppCredential)? {
    guard let user = AppUser(username), let app = apps().first(where: { $0.name == user.app && $0.signsIn }),
      let credential = registry().credentials[app.name]
    else { return nil }
    return (app, credential)
  }

  private func decoy(for username: String) -> ScramVerifier {
    .decoy(
      for: AppUser(username)?.app ?? username, key: decoyKey, iterations: AppCredential.iterations, primitives)
  }
}

/// Marks of passwords that were right, each made with a key of this process and with the keys that are stored of the
/// password: where these change, no mark fits any more.
private struct AcceptedPasswords {
  private static let most = 1000
  private var marks: Set<[UInt8]> = []

  func contains(_ mark: [UInt8]) -> Bool { marks.contains(mark) }

  mutating func insert(_ mark: [UInt8]) {
    if marks.count >= Self.most { marks.removeAll() }
    marks.insert(mark)
  }
}
