// One message's own fault, and one recipient's: the mailbox is well. And what passes by itself.

import Mailboxes

extension Grammar {
  static let messageRules: [MeaningRule] = [
    MeaningRule("line endings", [.lineEnding], in: [.data, .body], means: Meaning.lineEndings),
    MeaningRule("loop", [.loop], in: .transaction, means: Meaning.loop),
    MeaningRule("virus", [.virus], without: [.client], in: [.data, .body], codes: "5", means: Meaning.virus),
    MeaningRule("8 bits or SMTPUTF8", [.encoding], in: .message, means: Meaning.encoding),
    MeaningRule("header too large", [.header], [.large], in: [.data, .body], means: Meaning.headerTooLarge),
    MeaningRule(
      "attachment too large", [.attachment], [.large, .exceeded, .limit], in: [.data, .body],
      means: Meaning.attachmentTooLarge),
    MeaningRule(
      "attachment refused", [.attachment], [.denied, .content, .listed, .spam, .wrong], in: [.data, .body],
      means: Meaning.attachment),
    MeaningRule(
      "too large", [.large], [.exceeded, .message, .limit, .large],
      without: [.sends, .day, .hour, .minute, .second, .tooMany, .sender], in: .message, codes: "5",
      means: Meaning.tooLarge),
    MeaningRule(
      "sender in the header", [.sender], [.wrong, .denied, .mismatch],
      without: [.several, .missing, .syntax, .required, .spam, .tooMany, .blockList, .reputation], in: [.data, .body],
      means: Meaning.senderRefused),
    MeaningRule(
      "header malformed", [.header, .sender], [.syntax, .several, .missing, .tooMany],
      without: [.spam, .unverified, .mismatch, .suspended, .own], in: [.data, .body], means: Meaning.malformed),
    MeaningRule(
      "header refused", [.header], [.wrong, .required, .denied],
      without: [.account, .sender, .spam, .unverified, .mismatch, .suspended, .own], in: [.data, .body],
      means: Meaning.malformed),
    MeaningRule("malformed", [.message], [.syntax], without: [.sender], in: [.data, .body], means: Meaning.malformed),
    MeaningRule(
      "spam", [.spam], without: [.client, .reputation, .suspended, .tooMany, .sends, .account, .tooFast, .blockList],
      in: [.data, .body], codes: "5", means: Meaning.spam),
    MeaningRule(
      "content refused", [.content], [.denied, .content],
      without: [.client, .sender, .account, .suspended, .limit, .tooFast, .temporary, .relay], in: [.data, .body],
      codes: "5", means: Meaning.contentRefused),
  ]

  static let recipientRules: [MeaningRule] = [
    MeaningRule(
      "recipient's address malformed", [.syntax], without: [.sender, .client, .helo, .own, .misplaced],
      in: [.recipient], codes: "5",
      means: Meaning.recipientSyntax),
    MeaningRule(
      "recipient takes no mail", [.receives, .recipient], [.suspended, .receives],
      without: [.sends, .later, .own, .client, .sender, .spam], in: [.recipient], codes: "5",
      means: Meaning.recipientOff),
    MeaningRule(
      "recipient takes no mail now", [.receives, .recipient, .account], [.suspended, .unavailable],
      without: [.sends, .internalFault], in: [.recipient], codes: "4",
      means: Meaning.recipientOffNow),
    MeaningRule(
      "recipient's address wrong", [.recipient], [.unknown, .wrong, .unavailable],
      without: [.sends, .temporary, .later, .client, .sender, .own], in: [.recipient], codes: "5",
      means: Meaning.recipientUnknown),
    MeaningRule(
      "recipient refused", [.recipient], [.denied, .listed],
      without: [.sends, .client, .sender, .own, .signIn, .spam, .content, .violation],
      in: [.recipient], codes: "5",
      means: Meaning.recipientRefused),
    MeaningRule(
      "service unavailable", [.internalFault], without: [.recipient], in: [.recipient], means: Meaning.busyMessage),
    MeaningRule(
      "recipient later",
      [.temporary, .later, .busy, .load, .internalFault, .unavailable, .suspended, .receives, .unknown, .wrong],
      in: [.recipient], codes: "4", means: Meaning.recipientLater),
  ]

  static let passingRules: [MeaningRule] = [
    MeaningRule("too much load", [.load], in: .beforeMail.union([.mail]), means: Meaning.busyServer),
    MeaningRule(
      "trouble at the door", [.busy, .temporary, .later, .internalFault, .network, .timeout], in: .beforeMail,
      means: Meaning.busyServer),
    MeaningRule(
      "server in trouble", [.busy, .temporary, .later, .internalFault, .network], without: [.recipient],
      // Later than that a message may be what brings the server down, and must not keep the others waiting.
      in: [.mail, .recipient], codes: "421", means: Meaning.busyServer),
    MeaningRule(
      "trouble with the message", [.busy, .temporary, .later, .internalFault, .load],
      without: [.account, .sender, .client, .signIn], in: .transaction, means: Meaning.busyMessage),
    MeaningRule(
      "a rule broken before the message was seen", [.violation], in: [.mail, .recipient], means: Meaning.throttled),
  ]

  /// Before there is a conversation.
  static let networkRules: [MeaningRule] = [
    MeaningRule("no such host", [.noSuchHost], in: .network, means: Meaning.noSuchHost),
    MeaningRule("no answer", [.timeout], in: .network.union([.greeting]), means: Meaning.noAnswer),
    MeaningRule("nobody listens", [.denied], in: [.connect], means: Meaning.noAnswer),
    MeaningRule("connection lost", [.network, .connection], in: .network, means: Meaning.connectionLost),
    MeaningRule(
      "connection lost at the greeting", [.network], without: [.client, .denied, .reputation, .blockList],
      in: [.greeting],
      means: Meaning.connectionLost),
  ]
}
