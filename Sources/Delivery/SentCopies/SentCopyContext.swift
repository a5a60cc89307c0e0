// What files copies: a thread of its own, and ways into mailboxes that are used on it.

package import Mailboxes
package import Transport

/// Nothing that sends waits for it.
package struct SentCopyContext: Sendable {
  let executor: any TaskExecutor
  let transport: @Sendable (Mailbox) -> any Transport

  /// - Parameters:
  ///   - executor: not the one on which mail is sent.
  ///   - transport: the way into a mailbox as it is connected now, to be used on `executor`.
  package init(on executor: any TaskExecutor, transport: @escaping @Sendable (Mailbox) -> any Transport) {
    self.executor = executor
    self.transport = transport
  }
}
