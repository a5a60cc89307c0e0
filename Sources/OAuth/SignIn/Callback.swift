// What comes back from the authorization endpoint, by redirect or by paste. RFC 6749 §4.1.2, RFC 9207.

import FoundationEssentials
import Mailboxes

package struct Callback: Sendable {
  private static let longest = 32_768
  private let fields: [(name: String, value: String)]

  init(query: some StringProtocol) throws(SignInError) {
    guard !query.isEmpty, query.utf8.count <= Self.longest else { throw .callback(.unreadable) }
    fields = Form.fields(of: query)
  }

  /// - Parameter text: the address of the page that failed to load, or its query alone, as a person copied it: broken into
  ///   lines by a terminal or a mail program, in quotation marks or angle brackets. A bare code will not do: without
  ///   `state` nobody knows which sign-in it came from.
  package init(pasted text: String) throws(SignInError) {
    let line = String(text.unicodeScalars.filter { !$0.properties.isWhitespace && !quotes.contains($0) })
    let query =
      line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
      .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
    guard query.contains("=") else { throw .callback(line.isEmpty ? .unreadable : .noState) }
    try self.init(query: query)
  }

  /// A field that comes twice, which RFC 6749 §3.1 forbids, counts as missing.
  subscript(name: String) -> String? {
    let found = fields.filter { $0.name == name }
    return found.count == 1 && !found[0].value.isEmpty ? found[0].value : nil
  }
}

private let quotes: Set<Unicode.Scalar> = ["\"", "'", "<", ">", "`"]
