// What Graph lists of the folder Sent Items. A copy is known by when it was made there, whatever date the app has written; and
// what was changed since then are all that were made since then.

import Foundation
import HTTP
import Mailboxes
import Transport
import TransportAPI

struct GraphSentItems: SentListing {
  let permissions = ["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"]

  func path(for mailbox: Mailbox, newest count: Int, since time: Date) -> String {
    "\(GraphAPI.user(of: mailbox))/mailFolders/sentitems/messages"
      + "?$filter=lastModifiedDateTime%20ge%20\(time.ISO8601Format())&$orderby=lastModifiedDateTime%20desc&$top=\(count)"
      + "&$select=internetMessageId,createdDateTime,internetMessageHeaders"
  }

  func headers(in response: HTTPResponse) -> [SentHeader]? {
    let page = try? JSONDecoder().decode(Page.self, from: Data(response.body))
    return page?.value.compactMap(\.header)
  }

  private struct Page: Decodable {
    let value: [Item]
  }

  private struct Item: Decodable {
    struct Field: Decodable { let name, value: String }

    let internetMessageId: String?
    let createdDateTime: String?
    let internetMessageHeaders: [Field]?

    /// `nil` for what does not say when it was made.
    var header: SentHeader? {
      guard let made = createdDateTime, let filedAt = try? Date(made, strategy: .iso8601) else { return nil }
      let earlier = (internetMessageHeaders ?? []).filter { $0.name.lowercased() == "x-microsoft-original-message-id" }
      let found = [internetMessageId].compactMap(\.self) + earlier.map(\.value)
      return SentHeader(messageIDs: found.map(Self.withoutBrackets), filedAt: filedAt)
    }

    private static func withoutBrackets(_ text: String) -> String {
      text.hasPrefix("<") && text.hasSuffix(">") ? String(text.dropFirst().dropLast()) : text
    }
  }
}
