// The folder of sent messages of a provider in memory.

package import Foundation
import Synchronization
package import Transport

/// What the provider has filed. One for any number of mailboxes; whoever tests says what is in it.
package final class InMemorySent: Sendable {
  /// Asked at each look; what it throws the look throws.
  package typealias Rule = @Sendable () async throws(SentFolderError) -> Void

  private struct State {
    var rule: Rule = {}
    var headers: [SentHeader] = []
    var looks: [Date] = []
    var open = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// - Parameter messageIDs: without brackets.
  package func file(_ messageIDs: [String], at time: Date) { file(SentHeader(messageIDs: messageIDs, filedAt: time)) }

  package func file(_ header: SentHeader) { state.withLock { $0.headers.insert(header, at: 0) } }

  /// Files a message as its provider got it.
  package func file(_ text: String, at time: Date) {
    let line = text.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("message-id: <") } ?? ""
    file([String(line.dropFirst(13).dropLast())], at: time)
  }

  package func answer(_ rule: @escaping Rule) { state.withLock { $0.rule = rule } }

  /// From when on messages were asked for, at each look.
  package var looks: [Date] { state.withLock { $0.looks } }
  package var open: Int { state.withLock { $0.open } }

  func begin() { state.withLock { $0.open += 1 } }
  func end() { state.withLock { $0.open -= 1 } }

  func newest(_ count: Int, since time: Date) async throws(SentFolderError) -> [SentHeader] {
    let rule = state.withLock { state in
      state.looks.append(time)
      return state.rule
    }
    try await rule()
    return state.withLock { Array($0.headers.filter { $0.filedAt >= time }.prefix(count)) }
  }
}

final class InMemorySentFolder: SentFolder {
  private let sent: InMemorySent

  init(_ sent: InMemorySent) {
    self.sent = sent
    sent.begin()
  }

  func newest(_ count: Int, since time: Date) async throws(SentFolderError) -> [SentHeader] {
    try await sent.newest(count, since: time)
  }

  func file(_ copy: PreparedMessage, sentAt: Date) async throws(SentFolderError) -> FiledCopy {
    sent.file(String(decoding: copy.header, as: UTF8.self), at: sentAt)
    return FiledCopy(folder: "Sent", name: nil)
  }

  func close() async { sent.end() }
}
