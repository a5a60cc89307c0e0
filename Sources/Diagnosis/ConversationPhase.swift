// Where in the conversation with a provider something was said. The same code means different things in each.

/// One part of the way to a provider, in the order in which they follow each other.
package enum ConversationPhase: String, Sendable, Hashable, CaseIterable {
  case lookUp = "look-up"
  case connect
  case tls
  case greeting
  case hello
  case startTLS = "starttls"
  case token
  case signIn = "sign-in"
  case mail
  case recipient
  case data
  /// The end of the data: the reply that takes the message over.
  case body
}

extension Set where Element == ConversationPhase {
  /// In the conversation with a mail server; a token endpoint's words are of another kind.
  package static var anywhere: Self { Set(ConversationPhase.allCases).subtracting([.token]) }
  /// Nothing about a message has been judged yet, so even a 5xx is about the connection or the mailbox.
  package static var beforeMail: Self { [.greeting, .hello, .startTLS, .signIn] }
  package static var transaction: Self { [.mail, .recipient, .data, .body] }
  /// The provider is looking at a sender or a message, not at one recipient.
  package static var message: Self { [.mail, .data, .body] }
  /// Before a mail server has said anything.
  package static var network: Self { [.lookUp, .connect, .tls] }
  /// Spoken by a mail server.
  package static var conversation: Self { beforeMail.union(transaction) }
  package static var beforeMailOrMessage: Self { beforeMail.union(message) }
}
