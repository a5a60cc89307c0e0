// What all lanes share.

import Foundation
package import Logging
package import Mailboxes
package import OAuth
package import Spool

package struct BackDoor: Sendable {
  package var spool: Spool
  package var store: MailboxStore
  package var network: Network
  package var pace: Pace
  /// Refreshes sign-ins in this process's place; `nil`: this process does.
  package var refreshHelper: RefreshHelper?
  package var log: Logger

  package init(
    spool: Spool, store: MailboxStore, network: Network, pace: Pace = Pace(), refreshHelper: RefreshHelper? = nil,
    log: Logger
  ) {
    self.spool = spool
    self.store = store
    self.network = network
    self.pace = pace
    self.refreshHelper = refreshHelper
    self.log = log
  }
}
