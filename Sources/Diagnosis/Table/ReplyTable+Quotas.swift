// Quotas by the day and the hour: the mailbox waits, looks again every hour, and no message fails for it.

import Mailboxes

extension ReplyTable {
  package static let quotaRules: [Rule] = [
    // Contains the words of the next rule.
    Rule(
      says: "submissionquotaexceeded", "submission quota exceeded", "submission quota was exceeded",
      "reached your daily limit for message recipients",
      like: (
        .body, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message"
      ),
      (.body, "550 5.1.90 You have reached your daily limit for message recipients"),
      (
        .body,
        "550 5.2.2 The message can't be submitted because the sender's submission quota was exceeded"
      ),
      means: Assessment(
        .quota, .mailbox, .pause(.seconds(3600)),
        "{address} reached Microsoft's limit of 10,000 recipients in 24 hours, and sending resumes by itself.",
        "If this was not expected, check whether the account is misused and what the apps send; to look now, run: {test}"
      )),
    Rule(
      "554", says: "quotaexceededexception", in: .message,
      like: (.body, "554 5.2.0 STOREDRV.Submission.Exception:QuotaExceededException; Failed to process message"),
      means: ownMailboxFull),
    Rule(
      "554", "5.2.2", says: "mailbox full", in: .message,
      like: (.body, "554 5.2.2 mailbox full; STOREDRV.Submission"),
      means: ownMailboxFull),
    Rule(
      "5", "5.7.232-233",
      like: (.body, "550 5.7.233 Your message can't be sent: your tenant exceeded its external recipient rate limit"),
      means: Assessment(
        .quota, .mailbox, .pause(.seconds(3600)),
        "The whole organisation reached its daily limit of external recipients at Microsoft.",
        "See Exchange admin centre › Reports › Mail flow › Tenant outbound external recipients; to look now, run: {test}"
      )),
    Rule(
      says: "daily user sending limit", "daily sending quota", "daily smtp relay limit",
      like: (.body, "550 5.4.5 Daily user sending limit exceeded."),
      (.body, "550 5.4.5 Daily sending quota exceeded."),
      (.mail, "550 5.7.1 Daily SMTP relay limit exceeded for customer."),
      means: Meaning.dailyLimit),
    Rule(
      "454", says: "daily message quota",
      like: (.mail, "454 Throttling failure: Daily message quota exceeded."),
      means: Assessment(
        .quota, .mailbox, .pause(.seconds(3600)), "{address} reached its daily quota at {provider}.",
        "Sending resumes by itself within 24 hours; ask for a higher quota at {provider}, and to look now, run: {test}")
    ),
    Rule(
      "550", "5.4.5", in: .message,
      like: (.body, "550 5.4.5 Message rejected"),
      means: Meaning.dailyLimit),
    Rule(
      says: "max rcpt to daily limit",
      like: (.recipient, "550 MAX RCPT TO DAILY LIMIT"),
      means: Assessment(
        .quota, .mailbox, .pause(.seconds(3600)),
        "The recipients of a day that the plan of {address} allows are used up.",
        "Sending resumes by itself after midnight; ask {provider} for a larger plan, and to look now, run: {test}")),
  ]

  /// The sender's own mailbox is full, since the provider files what it takes in Sent Items. Not the recipient's `552 5.2.2`.
  static let ownMailboxFull = Assessment(
    .policy, .mailbox, .hold(probe: true), "The mailbox {address} itself is full, and {provider} stops sending.",
    "Empty its Sent Items and give them a retention policy, then run: {test}")
}
