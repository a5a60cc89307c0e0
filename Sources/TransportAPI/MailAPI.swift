// What the providers' own interfaces for sending differ in. Each is one POST a message.

package import HTTP
package import Mailboxes

package protocol MailAPI: Sendable {
  var transport: TransportKind { get }
  /// Where the messages of `mailbox` are posted to, below its server's address.
  func path(for mailbox: Mailbox) -> String
  var contentType: String { get }
  /// The message goes in base64.
  var isBase64: Bool { get }
  /// What is known of the largest message before anything was learnt.
  var sizes: SizeLimit { get }
  /// What the provider calls the message, perhaps nothing; `nil` where the answer does not say that it was taken.
  func acceptance(of response: HTTPResponse) -> String?
  /// Whether the answer is the interface's own and says that the message was too large.
  ///
  /// - Parameter isInDoubt: the message is larger than what is known to pass.
  func isTooLarge(_ answer: PostAnswer, isInDoubt: Bool) -> Bool
  /// The field in which a request tells a name of its own, by which the provider's support finds it, as by the `request-id`
  /// of the answer; `nil`: there is none.
  var requestNameField: String? { get }
  /// How what was sent is read there; `nil`: by no permission that one needs to send.
  var sent: (any SentListing)? { get }
  /// A body that is no message: whoever may not send is refused as such, everybody else for the body.
  var probe: [UInt8] { get }
}
