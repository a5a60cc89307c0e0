// What tests a mailbox: whoever can reach a provider.

package import Mailboxes
package import SMTP

/// Goes the way of a mailbox's mail, for `connect` and `test`.
package protocol MailboxConnecting: Sendable {
  typealias Say = (StepLine) async throws -> Void

  /// Tests a described mailbox and saves it with `MailboxStore.connect(_:by:)`, which notes it in the audit list and uses
  /// up the approval. Saves nothing when a step fails.
  ///
  /// - Parameter sendingTest: a real message goes to the mailbox itself in the end.
  /// - Returns: what is to be said in the end.
  /// - Throws: the sentence of the step that failed, or what `say` throws: nobody listens any more.
  func connect(
    _ mailbox: Mailbox, sendingTest: Bool, by authorization: Authorization, saying say: Say
  ) async throws -> String

  /// Tests a saved mailbox with its own sign-in, and changes nothing.
  ///
  /// - Parameter recipient: gets a real message in the end.
  /// - Throws: as ``connect(_:sendingTest:by:saying:)``.
  func test(_ mailbox: Mailbox, sendingTo recipient: Address?, saying say: Say) async throws
}
