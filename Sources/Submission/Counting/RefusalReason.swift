// Why a message was refused, or whoever would have sent it: few reasons, by which monitoring counts. Pure.

import Access
package import SMTP

package enum RefusalReason: String, CaseIterable, Sendable {
  /// It belongs to no entity.
  case route
  case size
  /// There is no room, or the queue cannot be written.
  case disk
  /// Its app has sent too much, or too many unknown senders wait for a decision.
  case limit
  case signIn = "sign_in"
  /// Its client, sender or recipients are not allowed.
  case policy
  /// It is not written as SMTP or mail is.
  case syntax

  /// As a reply says it. What 5.7.1 and 4.7.1 stand for only the rule behind them can say.
  ///
  /// - Returns: `nil` where no message is refused, or the reply only follows from a refusal before, or from a rule.
  package init?(_ reply: Reply) {
    guard reply.isTransient || reply.isPermanent else { return nil }
    switch (reply.code, reply.enhanced) {
    case (_, EnhancedCode(5, 3, 4)): self = .size
    case (451...452, EnhancedCode(4, 3, 0)), (451...452, EnhancedCode(4, 3, 1)): self = .disk
    case (530, _), (535, _), (538, _), (454, EnhancedCode(4, 7, 0)): self = .signIn
    case (554, _) where reply == Replies.noRecipients || reply == Replies.tooManyHops: self = .policy
    case (502...504, _), (501, EnhancedCode(5, 7, 0)), (550, _): return nil
    case (500..., _): self = .syntax
    default: return nil
    }
  }

  /// - Returns: `nil` where the client only has to come again.
  init?(_ refusal: SendingRefusal) {
    switch refusal {
    case .noEntity, .noSuchEntity: self = .route
    case .changing: return nil
    default: self = .policy
    }
  }
}
