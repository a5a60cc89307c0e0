// Which secret of a mailbox.

/// The secrets that a sign-in can have.
enum SecretField: String {
  case password
  case clientSecret = "client-secret"
  case refreshToken = "refresh-token"
  case privateKey = "private-key"
}
