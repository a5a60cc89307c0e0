// The oldest open question of each mailbox, for the status. Written by the queues, read from any thread.

package import Mailboxes
import Synchronization

package final class OpenQuestionBoard: Sendable {
  private let faults = Mutex<[String: Fault]>([:])

  package init() {}

  /// `nil`: nothing is open there.
  package func fault(of entity: String) -> Fault? { faults.withLock { $0[entity] } }

  func set(_ fault: Fault?, of entity: String) { faults.withLock { $0[entity] = fault } }
}
