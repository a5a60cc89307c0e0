// What all listeners ask about their clients: who they are, what they may, whether a password is theirs.

package import Access
import FoundationEssentials
package import Platform
import SMTP
import Sockets
import Synchronization

/// One for the process.
package final class ListenerAccess: Sendable {
  /// As they are now.
  let rules: @Sendable () -> SendingRules
  let signIns: AppSignIns
  private let lookup: ClientLookup
  private let time: any TimeSource
  private let throttle = Mutex(SignInThrottle())

  package init(
    lookup: ClientLookup, signIns: AppSignIns, time: any TimeSource = SystemTime(),
    rules: @escaping @Sendable () -> SendingRules
  ) {
    self.lookup = lookup
    self.signIns = signIns
    self.time = time
    self.rules = rules
  }

  /// Asks the kernel first of all: once the client has gone it knows nothing any more.
  func identity(of connection: Connection, at listener: String) async -> ClientIdentity {
    let peer = connection.kernelPeer()
    return await lookup.identity(
      address: connection.peer.host, listener: listener, uid: peer.uid, cgroup: peer.cgroup)
  }

  /// Of whoever owns a file.
  func identity(ofOwner uid: UInt32, at place: String) async -> ClientIdentity {
    await lookup.identity(address: "", listener: place, uid: uid, cgroup: nil)
  }

  // MARK: Wrong passwords

  /// A peer with too many of them behind it is not listened to.
  func admitsSignIn(of client: ClientIdentity) -> Bool {
    throttle.withLock { $0.admission(of: client.peer, at: time.now) } == .open
  }

  /// - Returns: how long the refusal waits; `nil`: as in ``SignInThrottle/fail(_:at:)``.
  func noteWrongSignIn(of client: ClientIdentity) -> Duration? {
    throttle.withLock { $0.fail(client.peer, at: time.now) }
  }

  /// - Returns: whether the client may be told that its password is right.
  func noteSignIn(of client: ClientIdentity) -> Bool {
    throttle.withLock { $0.succeed(client.peer, at: time.now) }
  }
}

extension ClientIdentity {
  /// By which wrong passwords are counted: never the account, which others could lock then, and never a name that a user of
  /// this host makes up, who would have as many guesses as names.
  fileprivate var peer: String { "\(PendingKey(self))" }
}
