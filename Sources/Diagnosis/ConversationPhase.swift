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
  /// A whole message by HTTP, to a provider's own interface. Its codes are HTTP's: 4xx is lasting, 5xx is not.
  case post
}

extension Set where Element == ConversationPhase {
  /// In the conversation with a mail server; what is said over HTTP is of another kind.
  package static var anywhere: Self { Set(ConversationPhase.allCases).subtracting(overHTTP) }
  package static var overHTTP: Self { [.token, .post] }
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
