// Amounts and rates: whose limit, and for how long. A limit of ours pauses the mailbox, whatever the code and the phase.

import Mailboxes

extension Grammar {
  static let recipientLimitRules: [MeaningRule] = [
    MeaningRule("greylisting", [.greylist], in: .transaction, means: Meaning.greylisted),
    MeaningRule(
      "recipient's mailbox full", [.full], without: [.sends, .sender], in: [.recipient], codes: "5",
      means: Meaning.recipientFull),
    MeaningRule(
      "recipient's mailbox full for now", [.full], without: [.sends, .sender, .internalFault], in: [.recipient],
      codes: "4", means: Meaning.recipientFullNow),
    MeaningRule(
      "recipient receives too much", [.receives], [.tooMany, .tooFast, .exceeded, .limit, .full], in: .transaction,
      means: Meaning.recipientBusy),
    MeaningRule(
      "recipients of a message", [.recipient], [.tooMany, .large],
      without: othersAmounts, in: .transaction, codes: "4",
      means: Meaning.fewerRecipients),
    MeaningRule(
      "recipients of a message, for good", [.recipient], [.tooMany, .large],
      without: othersAmounts, in: .transaction, codes: "5",
      means: Meaning.tooManyRecipients),
    MeaningRule(
      "recipients over a limit", [.recipient], [.limit], [.exceeded], without: othersAmounts, in: .transaction,
      codes: "4", means: Meaning.fewerRecipients),
    MeaningRule(
      "messages of a session", [.session], [.tooMany, .limit, .exceeded], without: [.client], in: .transaction,
      means: Meaning.sessionUsedUp),
  ]

  private static let othersAmounts: Set<Concept> = [
    .sends, .sender, .client, .account, .own, .second, .minute, .hour, .day, .month, .tooFast,
    .unknown,
  ]

  static let limitRules: [MeaningRule] =
    amounts([.limit], [.exceeded, .tooMany]) + amounts([.sends, .message], [.exceeded, .tooMany])
    + amounts([.tooFast]) + amounts([.tooMany]) + amounts([.limit], [.second, .minute, .hour, .day, .month])
    + amounts([.recipient], [.exceeded], [.minute, .hour, .day, .month])

  /// The same words by the period that they name.
  private static func amounts(_ needs: Set<Concept>...) -> [MeaningRule] {
    let periods: [(String, Set<Concept>, Assessment)] = [
      ("connections", [.connection], Meaning.connectionsUsedUp), ("a day", [.day], Meaning.dailyLimit),
      ("a month", [.month], Meaning.monthlyLimit), ("an hour", [.hour], Meaning.hourlyLimit),
      ("at a time", [], Meaning.throttled),
    ]
    return periods.map { name, period, meaning in
      MeaningRule(
        "our limit, \(name)", all: needs + (period.isEmpty ? [] : [period]),
        without: [.large, .receives, .loop, .header, .load],
        in: .conversation, means: meaning)
    }
  }
}
