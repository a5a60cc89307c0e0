// What all queues share: one value, which they refer to.

package import Logging
package import Mailboxes
package import Spool
package import Platform
package import Transport

package final class DeliveryContext: Sendable {
  package let spool: Spool
  package let store: MailboxStore
  /// How this machine names itself in reports and traces.
  package let hostname: String
  package let tuning: DeliveryTuning
  package let time: any TimeSource
  /// Everything here runs on it; sessions belong to it.
  package let executor: any TaskExecutor
  package let log: Logger
  /// What the queues have asked and nobody has answered.
  package let questions: OpenQuestionBoard
  package let counters: DeliveryCounters
  /// What files copies of sent messages; `nil`: nobody does.
  package let filing: SentCopyContext?
  /// The way out of a mailbox as it is connected now.
  package let transport: @Sendable (Mailbox) -> any Transport

  package init(
    spool: Spool, store: MailboxStore, hostname: String, tuning: DeliveryTuning = DeliveryTuning(),
    time: any TimeSource, executor: any TaskExecutor, log: Logger,
    questions: OpenQuestionBoard = OpenQuestionBoard(), counters: DeliveryCounters = DeliveryCounters(),
    filing: SentCopyContext? = nil,
    transport: @escaping @Sendable (Mailbox) -> any Transport
  ) {
    self.spool = spool
    self.store = store
    self.hostname = hostname
    self.tuning = tuning
    self.time = time
    self.executor = executor
    self.log = log
    self.questions = questions
    self.counters = counters
    self.filing = filing
    self.transport = transport
  }
}
