// What is saved beside the configuration, as far as the user who asks may know it.

package import Control
package import Mailboxes

package struct SavedState: Sendable {
  /// Without their secrets.
  package var mailboxes: [Mailbox] = []
  /// Entities that have another mailbox.
  package var unseen: [String] = []
  package var apps: [AppSummary] = []
  /// A saved sign-in does not open with the key that is there.
  package var isKeyRefused = false

  package init() {}
}
