// Microsoft Graph's sendMail, with the message in MIME. It answers 202 when it has taken a message, and files a copy in Sent
// Items by itself.

import Foundation
package import HTTP
package import Mailboxes
import SMTP
package import TransportAPI

package struct GraphAPI: MailAPI {
  package init() {}

  package let transport = TransportKind.graph
  package let contentType = "text/plain"
  package let isBase64 = true
  /// A request has 4 MB at most. Larger messages than the first number were seen to be dropped with a 200.
  package let sizes = SizeLimit(sure: 2_200_000, most: 3_145_000)
  /// No base64, so that it is refused when everything else has been looked at.
  package let probe = Array("?".utf8)
  package let requestNameField: String? = "client-request-id"
  package let sent: (any SentListing)? = GraphSentItems()

  package func path(for mailbox: Mailbox) -> String { "\(Self.user(of: mailbox))/sendMail" }

  /// A person who sends as their own mailbox needs no permission for others' and no address that is the account's name.
  static func user(of mailbox: Mailbox) -> String {
    if case .oauth(let grant) = mailbox.signIn, grant.refreshToken != nil,
      grant.username.lowercased() == mailbox.address.text.lowercased()
    {
      return "/v1.0/me"
    }
    return "/v1.0/users/\(mailbox.address.text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")"
  }

  package func acceptance(of response: HTTPResponse) -> String? {
    response.status == 202 ? response["request-id"] ?? "" : nil
  }

  /// A 200 in place of the 202 was seen with messages that were too large, and not sent. Whatever else stands on the way
  /// answers 200 as well, to any message, and has no name for the request.
  package func isTooLarge(_ answer: PostAnswer, isInDoubt: Bool) -> Bool {
    answer.status == 200 && answer.isNamed && isInDoubt || answer.status == 413
      || answer.code.lowercased() == "errormessagesizeexceeded"
  }

  /// RFC 3986 §2.3, and the @ of an address.
  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~@")
}
