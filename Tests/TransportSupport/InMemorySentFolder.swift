// The folder of sent messages of a provider in memory.

import Diagnosis
package import Foundation
import Synchronization
package import Transport

/// What the provider has filed. One for any number of mailboxes; whoever tests says what is in it.
package final class InMemorySent: Sendable {
  /// Asked at each look; what it throws the look throws.
  package typealias Rule = @Sendable () async throws(SentFolderError) -> Void

  /// Asked at each copy; what it throws the filing throws. The copy is there nevertheless where it is asked `.after`.
  package typealias FilingRule = @Sendable (FilingMoment) async throws(SentFolderError) -> Void

  package enum FilingMoment: Sendable { case before, after }

  /// A copy that was filed by IMAP, or what stands for it.
  package struct FiledMessage: Equatable, Sendable {
    package var text: String
    package var sentAt: Date
  }

  private struct State {
    var rule: Rule = {}
    var headers: [SentHeader] = []
    var copies: [FiledMessage] = []
    var filing: FilingRule = { _ in }
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

  /// By whoever sends, in the order in which they came; not what the provider has filed.
  package var copies: [FiledMessage] { state.withLock { $0.copies } }

  package func answerFiling(_ rule: @escaping FilingRule) { state.withLock { $0.filing = rule } }

  func copy(_ text: String, sentAt: Date) async throws(SentFolderError) {
    let rule = state.withLock { $0.filing }
    try await rule(.before)
    file(text, at: sentAt)
    state.withLock { $0.copies.append(FiledMessage(text: text, sentAt: sentAt)) }
    try await rule(.after)
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
    var octets = copy.header
    do throws(TransportError) {
      let pieces = copy.body.pieces
      while let piece = try await pieces.next() { octets += piece }
    } catch {
      throw .refused(words: "\(error)")
    }
    try await sent.copy(String(decoding: octets, as: UTF8.self), sentAt: sentAt)
    return FiledCopy(folder: "Sent", name: "1/7")
  }

  func close() async { sent.end() }
}
