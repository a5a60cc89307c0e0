// Looking into the folder: the newest messages' identifying fields, and nothing is marked. Servers disagree about what
// SEARCH finds in a header, so the fields are fetched and compared here.

package import Foundation
package import Transport

extension IMAPSession {
  package func newest(_ count: Int, since time: Date) async throws(SentFolderError) -> [SentHeader] {
    guard let folder else { throw .noFolder }
    return try await unlessItEnds { () async throws(SentFolderError) in
      var messages = 0
      let opened = try await run(Array("EXAMINE ".utf8) + folder.quoted) { response in
        if case .exists(let number) = response { messages = number }
      }
      guard opened.isOK else { throw SentFolderError(opened, hiding: secrets) }
      guard messages > 0, count > 0 else { return [] }
      return try await fetch(max(1, messages - count + 1)...messages, since: time)
    }
  }

  private func fetch(_ numbers: ClosedRange<Int>, since time: Date) async throws(SentFolderError) -> [SentHeader] {
    let fields = FetchedMessage.identifyingFields.joined(separator: " ").uppercased()
    var found: [FetchedMessage] = []
    let status = try await run(
      "FETCH \(numbers.lowerBound):\(numbers.upperBound) (INTERNALDATE BODY.PEEK[HEADER.FIELDS (\(fields))])"
    ) { response in
      // Whatever a server sends, no more than was asked for is kept.
      if case .message(let message) = response, numbers.contains(message.number), found.count < numbers.count {
        found.append(message)
      }
    }
    guard status.isOK else { throw SentFolderError(status, hiding: secrets) }
    return found.sorted { $0.number > $1.number }.compactMap { message in
      guard let filedAt = message.filedAt, filedAt >= time else { return nil }
      return SentHeader(messageIDs: message.messageIDs, filedAt: filedAt)
    }
  }
}
