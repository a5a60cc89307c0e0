// What a mail server is shown.

package import FoundationEssentials
package import Mailboxes

package struct AccessToken: Sendable, Equatable {
  package let secret: Secret
  package let expiresAt: Date

  package init(secret: Secret, expiresAt: Date) {
    self.secret = secret
    self.expiresAt = expiresAt
  }
}
