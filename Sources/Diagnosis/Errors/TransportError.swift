// Why a conversation with a provider ended early, in facts. The sentences are in `TransportError+Assessment.swift`.

package import Mailboxes
package import SMTP

package enum TransportError: Error, Equatable, Sendable {
  // The way there.
  case nameNotFound
  case nameHasNoAddress
  case lookUpFailed(String)
  case refused
  case connectTimedOut
  /// No address could be reached; what the kernel says of each.
  case unreachable(String)
  /// The name has IPv6 addresses only, and there is no way to any of them; what the kernel says of each.
  case onlyIPv6(String)
  /// The server's name leads to this address of this machine or its network, and nobody answers there.
  case redirected(to: String)
  case tls(TLSFailure)

  // The opening.
  /// The line was closed, or stayed silent, before a greeting.
  case noGreeting(timedOut: Bool)
  /// Where a greeting was due came a TLS record, or nothing until we began TLS.
  case expectsTLS
  /// The first line is another protocol's.
  case notSMTP(String)
  /// `masked`: a device on the way has overwritten words of the EHLO reply.
  case startTLSMissing(masked: Bool)
  /// Octets after the 220 to STARTTLS, before the handshake: somebody on the line speaks in the place of the server.
  case startTLSInjected

  // Sign-in.
  case noSignInOffered
  case mechanismMissing(wanted: String, offered: [String])
  /// A secret would have gone over a line that is not encrypted.
  case wouldExposeSecret
  /// User name, password or token hold octets that the mechanism cannot carry.
  case unfitCredentials
  /// SCRAM: the server could not prove that it knows the password.
  case serverUnproven
  case token(TokenFailure)
  /// There was a token, and it says itself that it is for another service: an API's at a mail server, or the reverse.
  case wrongAudience(String)
  /// There was a token, and the mail server refused it.
  case tokenRefused(TokenRefusal)

  // Anywhere.
  /// A reply that ended the conversation, and what it was said to.
  case answered(Reply, ConversationPhase)
  /// Not a reply at all, or an endless one.
  case nonsense(ConversationPhase)
  /// The line broke or nobody answered. `bodySent`: the end of the message had been written, so the provider may have it.
  case lost(ConversationPhase, timedOut: Bool, bodySent: Bool)
  case cancelled

  // The message, before anything was said about it.
  case tooLarge(octets: Int, limit: Int)
  /// The message cannot be put into a form that this server takes; why not.
  case unfitMessage(String)
  case needsSMTPUTF8
  /// The body could not be read back from the disk.
  case bodyUnreadable(String)
}

extension TransportError {
  /// Said of one message before the provider has seen it: the session is none the worse for it.
  package var isAboutMessage: Bool {
    switch self {
    case .tooLarge, .unfitMessage, .needsSMTPUTF8: true
    default: false
    }
  }

  /// The same error without `secrets`: a server that repeats one must not bring it into a log that way.
  package func redacted(_ secrets: HiddenSecrets) -> TransportError {
    switch self {
    case .answered(let reply, let phase): .answered(Redaction.redacted(reply, secrets), phase)
    case .tokenRefused(let refusal): .tokenRefused(refusal.redacted(secrets))
    default: self
    }
  }
}
