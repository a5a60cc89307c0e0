// How long each part of a conversation may take. RFC 5321 §4.5.3.2.

import Diagnosis

/// Each is for one answer, never for a whole upload: slow lines carry large mail.
package struct Timeouts: Sendable, Equatable {
  package var lookUp: Duration
  package var connect: Duration
  package var tls: Duration
  package var greeting: Duration
  /// EHLO, STARTTLS, AUTH, RSET.
  package var command: Duration
  package var mail: Duration
  package var recipient: Duration
  package var data: Duration
  /// One piece of a body.
  package var block: Duration
  /// After the end of the data: giving up earlier sends messages twice.
  package var end: Duration
  /// A message delivered within this time lets a session have one more under way.
  package var prompt: Duration = .seconds(2)

  /// For delivery, as the RFC asks.
  package static let delivery = Timeouts(
    lookUp: .seconds(30), connect: .seconds(60), tls: .seconds(60), greeting: .seconds(300), command: .seconds(300),
    mail: .seconds(300), recipient: .seconds(300), data: .seconds(120), block: .seconds(180), end: .seconds(600))

  /// For `connect` and `test`, where a person waits.
  package static let test = Timeouts(
    lookUp: .seconds(10), connect: .seconds(10), tls: .seconds(10), greeting: .seconds(10), command: .seconds(20),
    mail: .seconds(20), recipient: .seconds(20), data: .seconds(20), block: .seconds(30), end: .seconds(120))

  func time(for phase: ConversationPhase) -> Duration {
    switch phase {
    case .lookUp: lookUp
    case .connect: connect
    case .tls: tls
    case .greeting: greeting
    case .hello, .startTLS, .token, .signIn: command
    case .mail: mail
    case .recipient: recipient
    case .data: data
    case .body, .post: end
    }
  }
}
