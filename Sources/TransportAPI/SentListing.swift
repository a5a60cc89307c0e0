// How a provider's own interface lists the messages of the Sent folder. Pure.

package import Foundation
package import HTTP
package import Mailboxes
package import Transport

package protocol SentListing: Sendable {
  /// Any of these is enough, the least first; with a point and more behind it as well.
  var permissions: [String] { get }
  /// Of the `count` newest, where not all of them were filed or changed before `time`; below the server's address.
  func path(for mailbox: Mailbox, newest count: Int, since time: Date) -> String
  /// - Returns: `nil` for what is no list.
  func headers(in response: HTTPResponse) -> [SentHeader]?
}
