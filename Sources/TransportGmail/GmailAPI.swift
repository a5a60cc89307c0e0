// The Gmail API's messages.send, with the message as an upload. It answers 200 with the message's id when it has taken one,
// and files a copy in Sent by itself.

import FoundationEssentials
package import HTTP
package import Mailboxes
package import TransportAPI

package struct GmailAPI: MailAPI {
  package init() {}

  package let transport = TransportKind.gmailAPI
  package let contentType = "message/rfc822"
  package let isBase64 = false
  package let sizes = SizeLimit(sure: 35 << 20, most: 35 << 20)
  /// A message without a recipient, which nobody can get.
  package let probe = Array("Subject: Letterhead test\r\n\r\n".utf8)

  package let requestNameField: String? = nil
  package let sent: (any SentListing)? = nil

  /// Whoever the token is for: a person, or the person for whom a service account acts.
  package func path(for mailbox: Mailbox) -> String { "/upload/gmail/v1/users/me/messages/send?uploadType=media" }

  package func acceptance(of response: HTTPResponse) -> String? {
    guard response.status == 200 else { return nil }
    return try? JSONDecoder().decode(Sent.self, from: Data(response.body)).id
  }

  package func isTooLarge(_ answer: PostAnswer, isInDoubt: Bool) -> Bool { answer.status == 413 }

  private struct Sent: Decodable { let id: String }
}
