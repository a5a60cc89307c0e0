// From whom and to whom an app may send.

import Mailboxes
package import SMTP

extension App {
  /// - Parameter sender: the envelope's; `nil` is the null sender, which `senders` must name as `<>`.
  package func mayUse(sender: Address?) -> Bool { senders.isEmpty || senders.contains { $0.matches(sender) } }

  /// A recipient without a domain needs a pattern without one, or `*`.
  package func mayWrite(to recipient: Address) -> Bool {
    recipients.isEmpty || recipients.contains { $0.matches(recipient) }
  }
}
