// Throttles and quotas: the mailbox waits, and no message fails for it. The same words at RCPT, about one recipient,
// are that recipient's limit.

import Mailboxes

extension ReplyTable {
  package static let limitRules: [Rule] = [
    // The recipient's limits first: they hold the words of the mailbox's.
    Rule(
      says: "recipient thread limit exceeded",
      means: Meaning(.throttle, .recipient, .retry(), "The recipient receives too much mail at the moment.")),
    Rule(
      says: "receiving mail too quickly", "receiving mail at a rate", "at a rate that prevents",
      in: .transaction,
      means: Meaning(.throttle, .recipient, .retry(), "The recipient receives too much mail at the moment.")),
    // Connections.
    Rule(
      "4", says: "sender thread limit exceeded", "concurrent connections limit", "too many connections",
      "too many concurrent", "trop de connexions", "too many sessions",
      means: Meaning(
        .throttle, .mailbox, .pause(.seconds(10)), "{provider} allows no further connection for {address}.",
        "See whether another program sends through this mailbox; to look now, run: {test}")),
    // Quotas by the day.
    Rule(
      says: "submissionquotaexceeded", "submission quota exceeded", "submission quota was exceeded",
      "reached your daily limit for message recipients",
      means: Meaning(
        .quota, .mailbox, .pause(.seconds(3600)),
        "{address} reached Microsoft's limit of 10,000 recipients in 24 hours, and sending resumes by itself.",
        "If this was not expected, check what the apps send; to look now, run: {test}")),
    Rule(
      "5", "5.7.232-233",
      means: Meaning(
        .quota, .mailbox, .pause(.seconds(3600)),
        "The whole organisation reached its daily limit of external recipients at Microsoft.",
        "See Exchange admin centre › Reports › Mail flow; to look now, run: {test}")),
    Rule(
      says: "daily user sending limit", "daily sending quota", "daily smtp relay limit", "daily sending limit",
      "daily message quota", "max rcpt to daily limit", "daily limit exceeded", "daily quota exceeded",
      means: Meaning(
        .quota, .mailbox, .pause(.seconds(3600)), "{address} reached its daily limit at {provider}.",
        "Sending resumes by itself within a day; for more volume ask {provider}, and to look now, run: {test}")),
    Rule(
      "550", "5.4.5", in: .message,
      means: Meaning(
        .quota, .mailbox, .pause(.seconds(3600)), "{address} reached its daily limit at {provider}.",
        "Sending resumes by itself within a day; for more volume ask {provider}, and to look now, run: {test}")),
    Rule(
      says: "mail send limit exceeded", "hourly limit",
      means: Meaning(
        .quota, .mailbox, .pause(.seconds(900)), "{address} reached its hourly limit at {provider}.")),
    // The provider's own mailbox is full: Sent Items. Not the recipient's `552 5.2.2`.
    Rule(
      "554", "5.2.2", says: "mailbox full", in: .message,
      means: Meaning(
        .quota, .mailbox, .hold(probe: true), "The mailbox {address} itself is full, and {provider} stops sending.",
        "Empty its Sent Items, then run: {test}")),
    Rule(
      "554", says: "quotaexceededexception", in: .message,
      means: Meaning(
        .quota, .mailbox, .hold(probe: true), "The mailbox {address} itself is full, and {provider} stops sending.",
        "Empty its Sent Items, then run: {test}")),
    // Rates.
    Rule(
      "4", says: "same message-id",
      means: Meaning(
        .throttle, .message, .retry(after: .seconds(3600)), "An app sends the same Message-ID again and again.",
        "Mend the app; to see the message, run: letterhead queue --entity {entity}")),
    Rule(
      "4", says: "peak smtp relay limit",
      means: Meaning(.throttle, .mailbox, .pause(.seconds(600)), "{address} sends faster than {provider} allows.")),
    Rule(
      says: "unusual rate of", "unusual rate",
      means: Meaning(
        .throttle, .mailbox, .pause(.seconds(3600)), "{provider} sees an unusual amount of mail from here.",
        "Check what the apps send; to look now, run: {test}")),
    Rule(
      "4", says: "submission rate for this client", "maximum sending rate exceeded", "throttling failure",
      means: Meaning(.throttle, .mailbox, .pause(.seconds(60)), "{address} sends faster than {provider} allows.")),
    Rule(
      "4", says: "suspicious due to", in: .message,
      means: Meaning(
        .policy, .message, .retry(), "{provider} finds the message suspicious and takes it later, perhaps.",
        "Look at its links and wording; to see the message, run: letterhead queue --entity {entity}")),
    Rule(
      "4", says: "temporary system problem", "temporary server error", in: .message,
      means: Meaning(.transient, .message, .retry(), "{provider} is busy.")),
    Rule(
      "4", says: "max message per connection", in: .anywhere,
      means: Meaning(.transient, .message, .retry(after: .zero), "{provider} wants a new connection.")),
    Rule(
      "421 450 451 452", says: "too many messages", "slow down", "rate limit", "sending limit", "sending rate", "quota",
      "try again later, closing connection", "throttl", in: .beforeMailOrMessage,
      means: Meaning(
        .throttle, .mailbox, .pause(.seconds(300)), "{provider} asks {address} to slow down.")),
    // Recipients in one transaction: the rest go in another.
    Rule(
      "452", "4.5.3", in: [.recipient],
      means: Meaning(
        .throttle, .recipient, .retry(after: .zero), "{provider} takes fewer recipients in one transaction.")),
    Rule(
      "4 5", says: "too many recipients", in: [.recipient],
      means: Meaning(
        .throttle, .recipient, .retry(after: .zero), "{provider} takes fewer recipients in one transaction.")),
  ]
}
