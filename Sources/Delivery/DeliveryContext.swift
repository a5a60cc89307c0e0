// What all queues share.

package import Logging
package import Mailboxes
package import Spool
package import Platform
package import Transport

package struct DeliveryContext: Sendable {
  package var spool: Spool
  package var store: MailboxStore
  /// How this machine names itself in reports and traces.
  package var hostname: String
  package var tuning: DeliveryTuning
  package var time: any TimeSource
  /// Everything here runs on it; sessions belong to it.
  package var executor: any TaskExecutor
  package var log: Logger
  /// What the queues have asked and nobody has answered.
  package var questions: OpenQuestionBoard
  /// The way out of a mailbox as it is connected now.
  package var transport: @Sendable (Mailbox) -> any Transport

  package init(
    spool: Spool, store: MailboxStore, hostname: String, tuning: DeliveryTuning = DeliveryTuning(),
    time: any TimeSource, executor: any TaskExecutor, log: Logger,
    questions: OpenQuestionBoard = OpenQuestionBoard(),
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
    self.transport = transport
  }
}
