import Access
import SMTP
import Testing

@testable import Submission

@Suite struct `A refusal counts by its reason` {
  @Test(
    arguments: [
      (Replies.messageTooLarge(limit: 5), RefusalReason.size),
      (Replies.storageFull, .disk), (Replies.storageFailed, .disk), (Replies.localError, .disk),
      (Replies.signInFirst, .signIn), (Replies.encryptionFirst(startTLS: true), .signIn),
      (Replies.refusal(of: .refused), .signIn), (Replies.refusal(of: .unavailable), .signIn),
      (Replies.noRecipients, .policy), (Replies.tooManyHops, .policy),
      (Replies.refusal(of: .unknownVerb), .syntax), (Replies.refusal(of: .badRecipient), .syntax),
      (Replies.badMessage, .syntax), (Replies.notHTTP, .syntax), (Replies.needsSMTPUTF8, .syntax),
      // What only follows, or refuses no message.
      (Replies.mailFirst, nil), (Replies.helloFirst, nil), (Replies.notImplemented, nil),
      (Replies.signInCancelled, nil),
      (Replies.tooManyRecipients, nil), (Replies.shuttingDown, nil), (Replies.timedOut, nil), (Replies.ok, nil),
      // By whoever knows the rule.
      (Replies.noEntity(for: nil), nil), (Replies.pendingFull, nil),
    ] as [(Reply, RefusalReason?)])
  func `as a reply says it`(reply: Reply, reason: RefusalReason?) {
    #expect(RefusalReason(reply) == reason)
  }

  @Test(
    arguments: [
      (SendingRefusal.noEntity(nil), RefusalReason.route), (.noSuchEntity("x", nil), .route), (.namedTwice, .policy),
      (.changing, nil),
    ] as [(SendingRefusal, RefusalReason?)])
  func `as a rule says it`(refusal: SendingRefusal, reason: RefusalReason?) {
    #expect(RefusalReason(refusal) == reason)
  }
}
