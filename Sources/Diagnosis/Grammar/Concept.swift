// What words of a reply can speak of. A concept is independent of the language; the lexicon says which phrases name it.

/// One thing that a provider's words can speak of. The raw value is its name in the lexicon.
package enum Concept: String, Sendable, CaseIterable {
  // Whose, and about whom.
  /// The address in From or MAIL FROM, or whoever sends.
  case sender
  case recipient
  /// Spoken to us: "your account", "you have".
  case own
  /// The account, tenant or contract that the sign-in belongs to.
  case account
  /// This machine as the provider sees it: its host or public address.
  case client
  case helo
  /// The message itself.
  case message
  case header
  case attachment
  case session
  case connection
  case relay

  // Signing in.
  case signIn = "sign-in"
  case notSignedIn = "not-signed-in"
  case credentials
  case appPassword = "app-password"
  case browser
  case mechanism
  case token
  case expired

  // Encryption.
  case encryption
  case version
  case certificate
  case clock

  // What is the matter.
  case denied
  case wrong
  case required
  case unavailable
  /// Switched off, suspended, locked: a state that a person set or must lift.
  case suspended
  /// Refused by the provider itself.
  /// "not allowed to send": the account's or the address's fault.
  case mayNotSend = "may-not-send"
  case listed
  /// On a public list.
  case blockList = "block-list"
  case reputation
  case reverseName = "reverse-name"
  case unknown
  case mismatch
  case unverified
  case syntax
  case misplaced
  /// There more often than once.
  case several
  case missing
  case unsupported

  // Amounts.
  case limit
  case exceeded
  case tooMany = "too-many"
  case tooFast = "too-fast"
  case large
  case full
  case second
  case minute
  case hour
  case day
  case month

  // Content.
  case spam
  case virus
  case loop
  case lineEnding = "line-ending"
  case encoding
  case content

  // Time and trouble.
  case later
  case temporary
  case busy
  /// Too much to do, as opposed to a fault.
  case load
  case greylist
  case internalFault = "internal-fault"
  case network
  case noSuchHost = "no-such-host"
  case timeout
  /// A rule broken, not said which.
  case violation

  /// The recipient's own doing or state: it receives too much, wants no mail.
  case receives
  /// Our own sending: sent messages, outgoing mail.
  case sends
}
