// What a call of sendmail, mailq or newaliases asks for: its command line as a value.

/// What to do.
package enum SendmailRequest: Equatable, Sendable {
  /// Send the message on standard input.
  case send(SendmailOptions)
  /// Let standard input speak SMTP with the relay.
  case converse
  /// Show the messages that wait.
  case showQueue
  /// Say what the program is and takes.
  case showHelp
  /// There is nothing to do: there are no aliases to rebuild, and the relay runs its queue itself.
  case nothing
}

/// What the command line says of a message.
package struct SendmailOptions: Equatable, Sendable {
  /// As written; one argument may name several, with commas between them.
  package var recipients: [String] = []
  /// The header names recipients too.
  package var readsHeader = false
  /// A line of one dot ends the message.
  package var endsAtDot = true
  /// The envelope's sender, as written.
  package var sender: String?
  /// For a message without From.
  package var fullName: String?
  package var is8BitMIME = false

  package init() {}
}
