// Every reply that Letterhead gives, by name. RFC 5321 §4.2, enhanced codes RFC 3463 and 5248.

/// Letterhead's replies as a server. None repeats a client's octets, except an address that was parsed.
package enum Replies {
  // The session.
  package static func greeting(_ hostname: String) -> Reply { Reply(220, "\(hostname) ESMTP Letterhead") }
  package static func hello(_ hostname: String, offering keywords: [String] = []) -> Reply {
    Reply(250, lines: [hostname] + keywords)
  }
  package static let ok = Reply(250, EnhancedCode(2, 0, 0), "OK")
  package static let goodbye = Reply(221, EnhancedCode(2, 0, 0), "Goodbye")
  package static func help(offering verbs: [String]) -> Reply {
    let all = ["EHLO", "HELO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "VRFY"] + verbs
    return Reply(214, EnhancedCode(2, 0, 0), all.joined(separator: " "))
  }
  package static let cannotVerify = Reply(252, EnhancedCode(2, 1, 5), "Not verified here; send the message")
  package static let startTLS = Reply(220, EnhancedCode(2, 0, 0), "Ready to start TLS")

  // A message is taken.
  package static let senderAdmitted = Reply(250, EnhancedCode(2, 1, 0), "Sender OK")
  package static let recipientAdmitted = Reply(250, EnhancedCode(2, 1, 5), "Recipient OK")
  package static let startData = Reply(354, "End data with <CR><LF>.<CR><LF>")
  package static func chunkTaken(_ octets: Int) -> Reply {
    Reply(250, EnhancedCode(2, 0, 0), "\(octets) octet\(octets == 1 ? "" : "s") received")
  }
  /// Makes Letterhead responsible for the message: to be sent only when the message is on disk (RFC 5321 §4.2.5).
  package static func accepted(_ id: String) -> Reply { Reply(250, EnhancedCode(2, 0, 0), "Queued as \(id)") }

  // This message is refused.
  package static func noEntity(for sender: Address?) -> Reply {
    Reply(
      550, EnhancedCode(5, 7, 1),
      """
      No entity sends as <\(sender?.text ?? "")>: add \(sender == nil ? "\"<>\"" : "it") to an entity's `senders` in the \
      configuration, or set `default = true` on one entity
      """)
  }
  package static func noLocalRecipient(for recipient: Address, entity: String) -> Reply {
    Reply(
      550, EnhancedCode(5, 1, 2),
      """
      <\(recipient.text)> has no domain: name who gets such mail in `local_recipients` or `notify` of \
      [entity.\(entity)], or write the whole address
      """)
  }
  package static func messageTooLarge(limit octets: Int) -> Reply {
    Reply(552, EnhancedCode(5, 3, 4), "Message larger than max_message_bytes, which is \(octets)")
  }
  package static func tooLarge(forMailboxOf entity: String, limit octets: Int) -> Reply {
    Reply(
      552, EnhancedCode(5, 3, 4),
      "Message larger than the provider of [entity.\(entity)] takes, which is \(octets): send it smaller, or a link")
  }
  package static let tooManyRecipients = Reply(
    452, EnhancedCode(4, 5, 3), "Too many recipients; send the rest in another transaction")
  package static let noRecipients = Reply(554, EnhancedCode(5, 5, 1), "No valid recipients")
  package static let needsSMTPUTF8 = Reply(
    553, EnhancedCode(5, 6, 7), "An address beyond ASCII needs SMTPUTF8 on MAIL")
  package static let tooManyHops = Reply(
    554, EnhancedCode(5, 4, 6), "Mail loop: too many Received lines, or this relay's own twice")
  package static let badMessage = Reply(554, EnhancedCode(5, 6, 0), "The message cannot be read as mail")

  // The client may try again later.
  package static let storageFull = Reply(452, EnhancedCode(4, 3, 1), "Disk nearly full; try again later")
  package static let storageFailed = Reply(
    452, EnhancedCode(4, 3, 1), "The message cannot be stored now; try again later")
  package static let localError = Reply(451, EnhancedCode(4, 3, 0), "Local error; try again later")
  /// The client can do nothing about it, and it is over in a moment.
  package static let changing = Reply(
    451, EnhancedCode(4, 3, 5), "The configuration is just being changed; try again later")

  package static let pendingFull = Reply(
    451, EnhancedCode(4, 7, 1),
    "unknown_max_messages are waiting for an administrator: letterhead app pending; try again later")
  /// Answered like a message that was taken, since the app has done nothing wrong.
  package static let duplicateDropped = Reply(
    250, EnhancedCode(2, 0, 0), "The same message was taken before; this one is dropped (dedupe)")

  // The session ends.
  package static let signInRevoked = Reply(
    421, EnhancedCode(4, 7, 0), "The password of this app was revoked; sign in with the new one")
  package static let tooManyErrors = Reply(421, EnhancedCode(4, 7, 0), "Too many errors")
  package static let tooManyConnections = Reply(421, EnhancedCode(4, 7, 0), "Too many connections; try again later")
  package static let timedOut = Reply(421, EnhancedCode(4, 4, 2), "Nothing heard for too long")
  package static let endNotSeen = Reply(
    421, EnhancedCode(4, 4, 2),
    "The end of the message did not come: a line with one dot ended in LF alone; end it with <CR><LF>.<CR><LF>")
  package static let shuttingDown = Reply(421, EnhancedCode(4, 3, 2), "Letterhead is stopping; try again later")
  package static let listenerClosed = Reply(
    421, EnhancedCode(4, 3, 2), "The configuration of this listener has changed; connect again")
  package static let octetsBehindStartTLS = Reply(
    554, EnhancedCode(5, 5, 1), "Nothing may follow STARTTLS before the handshake")
  package static let notHTTP = Reply(554, EnhancedCode(5, 5, 1), "This is an SMTP server")
  package static let notTLS = Reply(
    554, EnhancedCode(5, 5, 1), "This port does not begin with TLS: set the app to no encryption, or to STARTTLS")

  // The command is not possible now.
  package static let helloFirst = Reply(503, EnhancedCode(5, 5, 1), "Say EHLO or HELO first")
  package static let mailFirst = Reply(503, EnhancedCode(5, 5, 1), "Say MAIL first")
  package static let transactionIsOpen = Reply(503, EnhancedCode(5, 5, 1), "A transaction is open; finish it or RSET")
  package static let chunksFirst = Reply(503, EnhancedCode(5, 5, 1), "After BDAT only BDAT or RSET")
  package static let alreadySecured = Reply(503, EnhancedCode(5, 5, 1), "TLS is already on")
  package static let notImplemented = Reply(502, EnhancedCode(5, 5, 1), "Not offered here")

  // Signing in. RFC 4954 §4, §6.
  package static func challenge(_ octets: [UInt8]) -> Reply {
    Reply(334, String(decoding: Base64.encode(octets), as: UTF8.self))
  }
  package static let signedIn = Reply(235, EnhancedCode(2, 7, 0), "Signed in")
  package static let signInFirst = Reply(
    530, EnhancedCode(5, 7, 0),
    "Sign in: this listener asks for it. Give the app its name in the configuration as user name, and the password of "
      + "`letterhead app password NAME`")
  /// - Parameter startTLS: the listener offers it.
  package static func encryptionFirst(startTLS: Bool) -> Reply {
    Reply(
      538, EnhancedCode(5, 7, 11),
      startTLS
        ? "Say STARTTLS before AUTH: set the app's encryption to STARTTLS"
        : "No password in clear from another host: use a listener with TLS, or set `security` of this one")
  }
  package static let alreadySignedIn = Reply(503, EnhancedCode(5, 5, 1), "Signed in already")
  package static let noMechanism = Reply(501, EnhancedCode(5, 5, 4), "Name a mechanism: AUTH PLAIN")
  /// - Parameter name: in capitals. A client that says AUTH with a token expects to be told what to do instead.
  package static func refusal(ofMechanism name: String, offering names: [String]) -> Reply {
    let offered = names.joined(separator: ", ")
    let words =
      ["XOAUTH2", "OAUTHBEARER"].contains(name)
      ? "Not by OAuth: an app signs in here with its name and the password of `letterhead app password NAME` (\(offered)). "
        + "Set it to normal password"
      : "Not a mechanism offered here; set the app to a normal password, which goes by \(offered)"
    return Reply(504, EnhancedCode(5, 5, 4), words)
  }
  package static let responseTooLong = Reply(
    500, EnhancedCode(5, 5, 6), "Response longer than \(ServerDialogue.maximumResponseOctets) octets")
  package static let signInCancelled = Reply(501, EnhancedCode(5, 7, 0), "Sign-in cancelled")
  package static let noSignInNeeded = Reply(
    502, EnhancedCode(5, 5, 1),
    "AUTH is not offered here; switch sign-in off in the app, or set `sign_in = true` in its [app.NAME]")
  package static func lineTooLong(limit octets: Int) -> Reply {
    Reply(500, EnhancedCode(5, 5, 6), "Command line longer than \(octets) octets")
  }

  /// Why a client is not signed in. What was wrong, the name or the password, is not told.
  package static func refusal(of failure: SASLFailure) -> Reply {
    switch failure {
    case .malformed: Reply(501, EnhancedCode(5, 5, 2), "The response cannot be read")
    case .refused:
      Reply(
        535, EnhancedCode(5, 7, 8),
        "User name or password not accepted: the user name is the app's in the configuration, and `letterhead app "
          + "password NAME --rotate` makes a new password")
    case .otherIdentity: Reply(535, EnhancedCode(5, 7, 8), "Acting as another user is not possible here")
    case .unavailable: Reply(454, EnhancedCode(4, 7, 0), "Sign-in is not possible now; try again later")
    }
  }

  /// Why a line is no command, for the client.
  package static func refusal(of error: CommandError) -> Reply {
    switch error {
    case .unknownVerb: Reply(500, EnhancedCode(5, 5, 1), "Command not recognised")
    case .nul: Reply(500, EnhancedCode(5, 5, 2), "NUL in a command")
    case .bareCR: Reply(500, EnhancedCode(5, 5, 2), "CR without LF in a command")
    case .badMailSyntax: Reply(501, EnhancedCode(5, 5, 4), "Say MAIL FROM:<address>")
    case .badRcptSyntax: Reply(501, EnhancedCode(5, 5, 4), "Say RCPT TO:<address>")
    case .badSender: Reply(501, EnhancedCode(5, 1, 7), "Say MAIL FROM:<address>")
    case .badRecipient:
      Reply(
        501, EnhancedCode(5, 1, 3), "The recipient is no mail address that could be sent on: RCPT TO:<ada@example.org>")
    case .unknownParameter: Reply(555, EnhancedCode(5, 5, 4), "A parameter that was not offered")
    case .badParameter: Reply(501, EnhancedCode(5, 5, 4), "A parameter's value makes no sense")
    case .unexpectedArgument: Reply(501, EnhancedCode(5, 5, 4), "This command takes no argument")
    case .badChunkSize:
      Reply(501, EnhancedCode(5, 5, 4), "Say BDAT octets [LAST]; closing, because what follows cannot be told apart")
    }
  }
}
