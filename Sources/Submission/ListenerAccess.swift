// What all listeners ask about their clients: who they are, what they may, whether a password is theirs, and what they
// have sent lately.

package import Access
import FoundationEssentials
import SMTP
import Sockets
import Synchronization

/// One for the process.
package final class ListenerAccess: Sendable {
  /// As they are now.
  let rules: @Sendable () -> SendingRules
  private let observer: ClientObserver
  let signIns: AppSignIns
  let traffic: AppTraffic
  private let throttle = Mutex(SignInThrottle())

  package init(
    observer: ClientObserver, signIns: AppSignIns, traffic: AppTraffic, rules: @escaping @Sendable () -> SendingRules
  ) {
    self.observer = observer
    self.signIns = signIns
    self.traffic = traffic
    self.rules = rules
  }
}
