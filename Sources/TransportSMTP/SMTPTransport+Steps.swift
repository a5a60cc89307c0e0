// The steps of the way to an SMTP server, in their order, and the one at which an error ended it.

package import Diagnosis
package import Transport

extension TransportStep {
  package static let greeting = TransportStep("Greeting")
  package static let extensions = TransportStep("Extensions")
  package static let sender = TransportStep("MAIL FROM")
  package static let recipient = TransportStep("RCPT TO")

  static let smtp: [TransportStep] = [
    .name, .tcp, .tls, .greeting, .extensions, .signIn, .sender, .recipient, .message,
  ]
}

extension SMTPTransport {
  package func step(of error: TransportError, after done: [TransportStep]) -> TransportStep {
    switch error {
    case .nameNotFound, .nameHasNoAddress, .lookUpFailed: .name
    case .refused, .connectTimedOut, .unreachable, .onlyIPv6, .redirected: .tcp
    case .tls, .startTLSMissing, .startTLSInjected: .tls
    case .noGreeting, .expectsTLS, .notSMTP: .greeting
    case .noSignInOffered, .mechanismMissing, .wouldExposeSecret, .unfitCredentials, .serverUnproven, .token,
      .wrongAudience, .tokenRefused:
      .signIn
    case .answered(_, let phase), .nonsense(let phase), .lost(let phase, _, _): phase.step
    case .tooLarge, .unfitMessage, .needsSMTPUTF8, .bodyUnreadable: .message
    case .cancelled: TransportStep.smtp.first { !done.contains($0) } ?? .message
    }
  }
}

extension ConversationPhase {
  fileprivate var step: TransportStep {
    switch self {
    case .lookUp: .name
    case .connect: .tcp
    case .tls, .startTLS: .tls
    case .greeting: .greeting
    case .hello: .extensions
    case .token, .signIn: .signIn
    case .mail: .sender
    case .recipient: .recipient
    case .data, .body, .post: .message
    }
  }
}
