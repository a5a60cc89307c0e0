// Accounts, senders and machines: what a person must mend before any message goes out.

import Mailboxes

extension Grammar {
  static let listRules: [MeaningRule] = [
    MeaningRule("no reverse name", [.reverseName], without: [.relay], in: .conversation, means: Meaning.reverseName),
    MeaningRule(
      "machine slowed by its reputation", [.reputation], [.temporary, .tooFast], without: [.blockList],
      in: .conversation, means: Meaning.clientPaused),
    MeaningRule(
      "sender on a block list", [.account, .sender], [.blockList], without: [.client, .reputation], in: [.mail],
      means: Meaning.accountBlocked),
    MeaningRule(
      "machine on a block list", [.client, .reputation, .sender, .message, .denied], [.blockList, .reputation],
      without: [.content, .limit, .tooFast],
      in: .conversation, means: Meaning.clientBlocked),
    MeaningRule(
      "block list, by the phase", [.blockList, .reputation], in: .beforeMail.union([.mail]),
      means: Meaning.clientBlocked),
  ]

  static let accountRules: [MeaningRule] = [
    MeaningRule("not signed in", [.notSignedIn], without: [.exceeded], in: .conversation, means: Meaning.notSignedIn),
    MeaningRule(
      "a limit told as a ban", [.suspended, .denied, .mayNotSend], [.exceeded, .tooMany],
      [.temporary, .later, .minute, .hour, .day, .month], without: [.receives, .large],
      in: .transaction, means: Meaning.throttled),
    MeaningRule(
      "sender not owned or verified", [.sender], [.mismatch, .unverified],
      without: [.reputation, .blockList, .suspended], in: .transaction, means: Meaning.senderRefused),
    MeaningRule(
      "no relay", [.relay], [.denied, .wrong, .suspended, .unavailable, .unknown, .violation],
      without: [.exceeded, .blockList, .mayNotSend], in: .transaction, means: Meaning.notSignedIn),
    MeaningRule(
      "machine may not send", [.client], [.suspended, .denied, .mayNotSend], [.sends],
      without: [.account, .sender, .temporary],
      in: .conversation, means: Meaning.clientRefused),
    MeaningRule(
      "may not send as this address", [.sender], [.mayNotSend], without: [.suspended], in: .transaction,
      means: Meaning.senderRefused),
    MeaningRule("may not send", [.mayNotSend], in: .conversation, means: Meaning.accountBlocked),
    MeaningRule(
      "account blocked", [.account, .own, .sends, .sender, .credentials], [.suspended],
      without: [.receives, .blockList, .reputation],
      in: .beforeMailOrMessage, means: Meaning.accountBlocked),
    MeaningRule(
      "account blocked, told at the recipient", [.sends, .sender, .own, .credentials, .mechanism], [.suspended],
      without: [.receives, .blockList],
      in: [.recipient], means: Meaning.accountBlocked),
  ]

  static let senderRules: [MeaningRule] = [
    MeaningRule(
      "sender refused", [.sender], [.denied, .wrong, .unknown, .syntax, .listed, .required, .missing],
      without: [.spam, .reputation, .blockList], in: .transaction, means: Meaning.senderRefused),
    MeaningRule("must be the signed-in user", [.signIn], [.mismatch], in: .transaction, means: Meaning.senderRefused),
    MeaningRule(
      "sign-in failed, told late", [.signIn, .credentials], [.wrong, .denied, .required],
      without: [.receives, .temporary],
      in: .transaction,
      means: Meaning.notSignedIn),
  ]

  static let clientRules: [MeaningRule] = [
    MeaningRule(
      "name in HELO", [.helo], [.wrong, .required, .denied, .unknown, .syntax, .unverified, .mismatch],
      in: .conversation, means: Meaning.helloName),
    MeaningRule(
      "name in HELO, by the phase", [.wrong, .syntax, .unknown, .denied], without: [.mechanism, .client], in: [.hello],
      means: Meaning.helloName),
    MeaningRule(
      "machine blocked for a time", [.client], [.listed, .suspended, .denied],
      [.temporary, .tooMany, .tooFast, .exceeded, .minute, .hour, .day],
      without: [.recipient], in: .conversation, means: Meaning.clientPaused),
    MeaningRule(
      "machine blocked with a temporary code", [.client], [.listed], in: .beforeMail, codes: "4",
      means: Meaning.clientPaused),
    MeaningRule(
      "machine blocked", [.client], [.listed, .suspended, .spam], in: .conversation, means: Meaning.clientBlocked),
    MeaningRule(
      "no such recipient", [.recipient], [.unknown], without: [.sends, .temporary, .later], in: [.recipient, .body],
      codes: "5",
      means: Meaning.recipientUnknown),
    MeaningRule(
      "machine refused", [.client], [.denied, .unverified, .wrong], without: [.load, .recipient, .later, .temporary],
      in: .conversation, means: Meaning.clientRefused),
    MeaningRule(
      "machine refused at the door", [.denied, .listed, .violation, .blockList],
      without: [.temporary, .later, .load], in: [.greeting], means: Meaning.clientRefused),
    MeaningRule(
      "no service at the door", [.unavailable], without: [.temporary, .later, .load], in: [.greeting], codes: "5",
      means: Meaning.clientRefused),
    MeaningRule("spam, before the message", [.spam], in: [.mail], codes: "5", means: Meaning.accountBlocked),
    MeaningRule(
      "sender, by the phase", [.wrong, .unknown, .denied, .mismatch, .unverified],
      without: [.temporary, .later, .load, .message], in: [.mail], codes: "5", means: Meaning.senderRefused),
  ]
}
