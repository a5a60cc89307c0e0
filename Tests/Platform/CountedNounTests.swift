import Platform
import Testing

@Suite struct `A counted noun` {
  @Test(arguments: [
    ("message", nil, 0, "0 messages"), ("message", nil, 1, "1 message"), ("message", nil, 2, "2 messages"),
    ("mailbox", "mailboxes", 1, "1 mailbox"), ("mailbox", "mailboxes", 2, "2 mailboxes"),
    ("message waits", "messages wait", 1, "1 message waits"), ("message waits", "messages wait", 3, "3 messages wait"),
  ])
  func `is in the singular for one alone`(noun: String, plural: String?, count: Int, words: String) {
    #expect(noun.counted(count, plural: plural) == words)
  }
}
