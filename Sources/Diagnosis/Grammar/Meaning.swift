// The meanings that the grammar composes: class, scope, action and sentences of each. The provider's own sentences are
// rows of the table; these are for all words that mean the same.

import Mailboxes

enum Meaning {
  // MARK: Signing in
  static let notSignedIn = Assessment(
    .auth, .mailbox, .hold(probe: true),
    "{provider} wants a sign-in before it relays mail: this connection is not authenticated.",
    "Connect {address} with a password or OAuth, or have this machine allowed as a relay client: {connect}")
  static let signInRefused = Assessment(
    .auth, .mailbox, .refuse,
    "{provider} does not accept the sign-in of {address}: {credentials} is wrong or was changed.",
    "{login}, then run: {connect}")
  static let signInExpired = Assessment(
    .auth, .mailbox, .refuse, "The password or token of {address} has run out at {provider}.",
    "Renew it at {provider}, sign in again and run: {connect}")
  static let unknownAccount = Assessment(
    .auth, .mailbox, .refuse, "{provider} does not know the user name of {address}: the account does not exist there.",
    "Check the user name for typing errors, then run: {connect}")
  static let appPassword = Assessment(
    .auth, .mailbox, .refuse, "{provider} wants an app password for {address}, not the account's own password.",
    "Make one {app-password}, then run: {connect}")
  static let browser = Assessment(
    .policy, .mailbox, .hold(probe: false),
    "{provider} wants the owner of {address} to sign in with a web browser once.",
    "Sign in to {address} in a browser on this network (better still, use OAuth), then run: {connect}")
  static let signInLocked = Assessment(
    .auth, .mailbox, .hold(probe: false), "{provider} has locked the sign-in of {address} after too many failed ones.",
    "Wait an hour, look for a program with a wrong password, then run: {connect}")
  static let signInThrottled = Assessment(
    .throttle, .mailbox, .pause(.seconds(1800)),
    "{provider} saw too many sign-ins from here and limits them for a while.",
    "Wait; see whether another program signs in to {address} with a wrong password. To look now, run: {test}")
  static let mechanism = Assessment(
    .policy, .mailbox, .hold(probe: true),
    "{provider} does not offer this sign-in method (mechanism) on {host} port {port}, or it is not allowed (disabled) for {address}.",
    "Ask the mailbox's administrator to allow SMTP sign-in, or try port 465 or 587 with TLS: {connect}")
  static let busySignIn = Assessment(
    .transient, .mailbox, .wait(flagAfter: 8),
    "{provider} has a temporary trouble with sign-ins; Letterhead tries again later.")

  static let signInBroken = Assessment(
    .policy, .mailbox, .hold(probe: true),
    "{provider} could not complete the sign-in of {address}: its server finds no mailbox or back end for it.",
    "Ask the mailbox's administrator whether the mailbox exists and is licensed there, then run: {test}")

  // MARK: Encryption
  static let encryptionNeeded = Assessment(
    .policy, .mailbox, .hold(probe: false), "{provider} wants encryption (TLS) before it goes on.",
    "Connect with STARTTLS or TLS: {connect-starttls}")
  static let encryptionMissing = Assessment(
    .policy, .mailbox, .hold(probe: true), "{provider} does not offer TLS by STARTTLS on {host} port {port}.",
    "Try port 465 with TLS from the first octet, or another port: {connect-465}")
  static let plainPort = Assessment(
    .network, .mailbox, .hold(probe: true), "{host} port {port} does not begin with TLS: it wants STARTTLS.",
    "Connect with STARTTLS: {connect-starttls}")
  static let tlsVersion = Assessment(
    .network, .mailbox, .hold(probe: true),
    "{provider} and this machine share no TLS version or cipher: one of them is outdated.",
    "TLS 1.2 or newer is needed on both sides; see whether the server or a firewall between is too old, then run: {test}"
  )
  static let certificate = Assessment(
    .network, .mailbox, .hold(probe: true),
    "The TLS certificate at {host} does not pass: its issuer is unknown, or its chain is incomplete.",
    "See whether TLS inspection stands between; add the issuing authority only if it is your own: {connect-ca}")
  static let clock = Assessment(
    .network, .mailbox, .hold(probe: true), "{provider} finds that this machine's clock is wrong: it says {clock}.",
    "Set the time (timedatectl set-ntp true), then run: {test}")

  // MARK: Amounts
  static let dailyLimit = Assessment(
    .quota, .mailbox, .pause(.seconds(3600)),
    "{address} reached its daily limit (quota of messages a day) at {provider}.",
    "Sending resumes by itself within 24 hours; for more volume ask {provider}, and to look now, run: {test}")
  static let monthlyLimit = Assessment(
    .quota, .mailbox, .pause(.seconds(3600)),
    "{address} used up the quota of its plan (per month or week) at {provider}.",
    "Buy a larger plan or more credits at {provider}, or wait for the next month; to look now, run: {test}")
  static let hourlyLimit = Assessment(
    .quota, .mailbox, .pause(.seconds(900)), "{address} reached its hourly limit at {provider}: too many messages.",
    "Sending resumes by itself within the hour; to look now, run: {test}")
  static let throttled = Assessment(
    .throttle, .mailbox, .pause(.seconds(300)),
    "{provider} finds that {address} sends too much or too fast: a limit of its rate or number (its quota) was reached (too many).",
    "Nothing to do: Letterhead waits and sends more slowly; to look now, run: {test}")
  static let connectionsUsedUp = Assessment(
    .throttle, .mailbox, .pause(.seconds(10)),
    "{provider} counts too many connections of {address}, and reached its limit.",
    "See whether another program sends through this mailbox; Letterhead waits, and to look now, run: {test}")
  static let sessionUsedUp = Assessment(
    .transient, .message, .retry(after: .zero),
    "{provider} takes no more messages in this session (too many on one connection); Letterhead connects again.")
  static let fewerRecipients = Assessment(
    .transient, .recipient, .retry(after: .zero),
    "{provider} finds too many recipients in one transaction; Letterhead splits them and sends the rest again.")
  static let tooManyRecipients = Assessment(
    .message, .message, .fail, "The message has too many recipients for {provider}.",
    "Send it to fewer recipients at a time; to check the mailbox, run: {test}")

  // MARK: Account, sender, machine
  static let accountBlocked = Assessment(
    .policy, .mailbox, .hold(probe: true),
    "{provider} has suspended, disabled, paused or blocked sending for the account or domain of {address}.",
    "Clear it up with {provider} or the account's administrator (change the password if it may be known), then run: {test}"
  )
  static let senderRefused = Assessment(
    .sender, .mailbox, .hold(probe: true),
    "{provider} does not let this sign-in send as {address}: it does not accept that sender address or its domain.",
    "Verify the address or domain at {provider}, or connect the address that belongs to the sign-in (first run letterhead "
      + "disconnect {entity}), then run: {test}")
  static let helloName = Assessment(
    .policy, .mailbox, .hold(probe: true),
    "{provider} does not accept the host name that this machine gives in EHLO.",
    "Set `hostname` in the configuration to a full host name, restart Letterhead, then run: {test}")
  static let reverseName = Assessment(
    .policy, .mailbox, .hold(probe: true),
    "{provider} finds no reverse name (PTR record) for this machine's public IP address.",
    "Have the network's provider set a reverse DNS name for the address, then run: {test}")
  static let clientBlocked = Assessment(
    .policy, .mailbox, .hold(probe: true),
    "{provider} has blocked this machine's public IP address: it is on a block list or has a bad reputation.",
    "Ask {provider} to allow the address, or have it taken off the block list, then run: {test}")
  static let clientPaused = Assessment(
    .throttle, .mailbox, .pause(.seconds(3600)),
    "{provider} has blocked this machine's public IP address temporarily, after too many tries or too much mail.",
    "Wait; see what else signs in or sends from this network. To look now, run: {test}")
  static let clientRefused = Assessment(
    .policy, .mailbox, .hold(probe: true),
    "{provider} does not allow connections from this machine's public IP address: it was refused by a policy.",
    "Ask {provider} or its administrator to allow the address (or use its submission port 587 or 465), then run: {test}"
  )

  // MARK: Message
  static let tooLarge = Assessment(
    .message, .message, .fail, "The message is too large: its size is over what {provider} accepts.",
    "Send it smaller, or send a link; what {provider} accepts is shown by: {test}")
  static let attachmentTooLarge = Assessment(
    .message, .message, .fail,
    "The attachments are too large or too many: over the size or number that {provider} accepts.",
    "Send fewer or smaller ones, or links; to check the mailbox, run: {test}")
  static let headerTooLarge = Assessment(
    .message, .message, .fail, "The header of the message is too large (too long) for {provider}.",
    "Shorten the header in the app (often a long list of recipients); to check the mailbox, run: {test}")
  static let lineEndings = Assessment(
    .message, .message, .fail,
    "{provider} found wrong line endings (a bare LF or CR) or too long lines in the message.",
    "Mend the app so that each line ends in CRLF and is under 998 octets; to check the mailbox, run: {test}")
  static let malformed = Assessment(
    .message, .message, .fail,
    "{provider} finds the message malformed: a header field or MIME part is missing, invalid or there multiple times (too many).",
    "Mend the header in the app (From, Date, Subject, Message-ID); as it went out it is shown by: letterhead queue show ID"
  )
  static let encoding = Assessment(
    .message, .message, .fail,
    "{provider} cannot take international characters (not ASCII) in this message's addresses or header: its encoding.",
    "Use ASCII addresses or MIME encoding in the app; what {provider} offers is shown by: {test}")
  static let loop = Assessment(
    .message, .message, .fail, "The message goes in a loop: it has too many Received header fields.",
    "Look for a forwarding loop at the recipient's; to check the mailbox, run: {test}")
  static let virus = Assessment(
    .message, .message, .fail, "{provider} found a virus (malware) in the message.",
    "Clean the machine or the file that it came from; to check the mailbox, run: {test}")
  static let attachment = Assessment(
    .message, .message, .fail, "{provider} does not accept this kind of attachment (file type).",
    "Send a link in its place; to check the mailbox, run: {test}")
  static let spam = Assessment(
    .message, .message, .fail, "{provider} takes the content of the message for spam.",
    "Look at its links and wording; to check the mailbox, run: {test}", isVerdict: true)
  static let contentRefused = Assessment(
    .message, .message, .fail, "{provider} refuses the content of the message by a rule or policy.",
    "Read the provider's words and mend the message, or ask who set the rule; to check the mailbox, run: {test}",
    isVerdict: true)

  // MARK: Recipient
  static let recipientUnknown = Assessment(
    .recipient, .recipient, .fail, "There is no such recipient: the address does not exist or is unknown (not found).",
    "Check the address in the app; to check the mailbox, run: {test}")
  static let recipientSyntax = Assessment(
    .recipient, .recipient, .fail, "The recipient's address is malformed: its syntax or a character in it is invalid.",
    "Look for a typing error in the app; to check the mailbox, run: {test}")
  static let recipientOff = Assessment(
    .recipient, .recipient, .fail, "The recipient's mailbox is disabled or not allowed to receive mail.",
    "Remove the address in the app; to check the mailbox, run: {test}")
  static let recipientRefused = Assessment(
    .recipient, .recipient, .fail, "The recipient does not take this mail (blocked there, or rejected by a rule).",
    "Ask the recipient to allow {address}; to check the mailbox, run: {test}")
  static let recipientFull = Assessment(
    .recipient, .recipient, .fail, "The recipient's mailbox is full (over quota).",
    "Send it again when there is room: letterhead queue retry ID")
  static let recipientFullNow = Assessment(
    .recipient, .recipient, .retry(), "The recipient's mailbox is full (over quota or out of disk storage) now.")
  static let recipientOffNow = Assessment(
    .recipient, .recipient, .retry(),
    "The recipient's mailbox or domain is disabled for now; Letterhead tries again later.")
  static let recipientBusy = Assessment(
    .recipient, .recipient, .retry(),
    "The recipient receives too much mail at the moment; Letterhead tries again later.")
  static let recipientLater = Assessment(
    .transient, .recipient, .retry(),
    "{provider} cannot take the recipient now (a temporary trouble there); Letterhead tries again later.")
  static let greylisted = Assessment(
    .transient, .recipient, .retry(after: .seconds(300)),
    "The recipient's side wants the same mail again a little later (greylisting).")

  // MARK: The way there
  static let noSuchHost = Assessment(
    .network, .mailbox, .wait(flagAfter: 3), "The server name {host} does not exist.",
    "Look for a typing error in the server name, then run: {connect}")
  static let noAnswer = Assessment(
    .network, .mailbox, .wait(flagAfter: 5), "{host} port {port} does not answer: a firewall may block the port.",
    "Have outgoing connections to {host} port {port} allowed, or try port 465 or 587: {connect-587}")
  static let connectionLost = Assessment(
    .network, .mailbox, .wait(), "The connection to {host} was reset or closed; Letterhead tries again.",
    "If it lasts, see whether a firewall or TLS inspection stands between; to look now, run: {test}")

  // MARK: Passing trouble
  static let busyServer = Assessment(
    .transient, .mailbox, .wait(),
    "{provider} cannot serve this connection now: a temporary trouble or load of its server; Letterhead tries again later."
  )
  static let busyMessage = Assessment(
    .transient, .message, .retry(),
    "{provider} cannot take the message now (a temporary trouble, load or lack of storage space); Letterhead tries again later."
  )
}
