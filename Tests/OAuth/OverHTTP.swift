// Token sources and endpoints as most tests want them: over a client of their own, with the system's authorities.

import HTTP
import Mailboxes

@testable import OAuth

extension TokenEndpoint {
  static func unproxied(within timeLimit: Duration = .seconds(30)) -> TokenEndpoint {
    TokenEndpoint(over: HTTPClient(), trusting: nil, within: timeLimit)
  }
}

extension TokenSource {
  init(_ grant: OAuthGrant, of mailbox: Mailbox, in mailboxes: MailboxStore, helper: RefreshHelper? = nil) {
    self.init(grant, of: mailbox, in: mailboxes, over: HTTPClient(), helper: helper)
  }

  init(_ grant: OAuthGrant, store: any TokenStore) {
    self.init(grant, store: store, endpoint: TokenEndpoint(over: HTTPClient(), trusting: nil))
  }
}
