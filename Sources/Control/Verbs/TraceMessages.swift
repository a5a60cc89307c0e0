// What has become of a message: one that waits, or one that has ended and is remembered.

import Access
package import Foundation
import Mailboxes
import Message
import Platform
import SMTP
import Spool

package struct TraceMessages: ControlVerb {
  /// Our number, a Message-ID, what the provider calls the message, an address, or `@` with a domain; empty: the newest of
  /// all.
  package let text: String
  package let since: Date?

  package init(_ text: String = "", since: Date? = nil) {
    self.text = text
    self.since = since
  }

  var permission: Permission { .readQueue }

  /// Longer than anything that can be found.
  private static let longestText = 1000

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let query = TraceQuery(String(text.prefix(Self.longestText)))
    let owner = try context.ownMessagesOnly
    let result = try await context.spool.trace(query, of: owner, since: since)
    if result.messages.isEmpty {
      return .refused(TraceMiss(query, result, context.settings.history, isOwnOnly: owner != nil, since).sentence)
    }
    let directory = try await context.mailboxes.load()
    for message in result.messages {
      try await say(.traced(MessageStory(message, in: directory, at: Date())))
    }
    if result.isByDomain, let domain = query.text.split(separator: "@").last {
      try await say(.note("The history keeps no more than domains: these are messages of anybody at \(domain)."))
    }
    if let remark = result.remark { try await say(.note(remark)) }
    return .done("")
  }
}

extension TraceResult {
  /// What was not shown, or not looked at.
  fileprivate var remark: String? {
    if isCut { return "These are the newest \(messages.count); there are more: name a Message-ID, or a number." }
    if isWhole { return nil }
    return "The history is long: only its newest \(Spool.mostRowsTraced) messages were looked through."
  }
}

/// One message's life, as `letterhead trace` prints it.
package struct MessageStory: Sendable, Equatable, Codable {
  package struct Reader: Sendable, Equatable, Codable {
    /// `nil`: not kept.
    package let address: String?
    /// `waiting`, `unknown`, `delivered`, `failed` or `deleted`.
    package let fate: String
    /// Why it failed.
    package let words: String?
  }

  package let id: Int64
  package let entity: String
  /// As the queue has it, or `delivered`, `failed`, `expired`, `deleted`.
  package let state: String
  package let deletedBy: String?
  package let receivedAt: Date
  package let firstAttemptAt: Date?
  /// `nil`: it waits.
  package let endedAt: Date?
  package let nextAttemptAt: Date?
  /// Why it is not tried.
  package let heldBecause: String?
  package let attempts: Int
  package let octets: Int
  package let client: String
  package let app: String?
  package let uid: UInt32?
  package let identity: String?
  /// `nil`: not kept.
  package let sender: String?
  package let recipients: [Reader]
  package let messageID: String?
  /// What the provider calls it.
  package let atProvider: [String]
  /// The address of the mailbox that it left through.
  package let sentAs: String?
  package let lastReply: String
  /// What became of its copy for the folder of sent messages, or is to; `nil`: there was none to be filed here.
  package let sentCopy: String?

  init(_ traced: TracedMessage, in directory: Directory, at now: Date) {
    let entry = traced.entry
    let queued = traced.queued.map { QueuedMessage($0, in: directory, at: now) }
    let isWaiting = traced.queued?.state.isQueued ?? false
    id = entry.id.rawValue
    entity = entry.entity
    state = isWaiting ? queued?.state ?? "" : entry.ending.name(or: queued?.state)
    let deleter: String? = if case .deleted(let person) = entry.ending { person } else { nil }
    deletedBy = deleter
    receivedAt = entry.receivedAt.date
    firstAttemptAt = entry.firstAttemptAt?.date
    endedAt = isWaiting ? nil : entry.endedAt.date
    nextAttemptAt = isWaiting ? queued?.due : nil
    heldBecause = queued?.heldBecause
    attempts = entry.attempts
    octets = entry.octetCount
    client = entry.source.client
    app = entry.source.app
    uid = entry.source.uid
    identity = entry.source.identity.isEmpty ? nil : entry.source.identity
    sender = entry.sender
    let unknown = Set(traced.queued?.unknown?.recipients.map(\.text) ?? [])
    recipients = entry.recipients.map { recipient in
      let open = deleter != nil ? "deleted" : recipient.address.map(unknown.contains) == true ? "unknown" : "waiting"
      return Reader(recipient, whileOpen: open)
    }
    messageID = entry.messageID?.description
    atProvider = entry.providerIDs
    sentAs = entry.sentAs
    lastReply = entry.words
    sentCopy = traced.queued?.copy.flatMap(\.words) ?? (entry.sentCopy.isEmpty ? nil : entry.sentCopy)
  }

  /// `app erp (uid 1004, erp.service)`; `nil` where nothing is known.
  package var source: String? { MessageSource(client: "", app: app, uid: uid, identity: identity ?? "").words }
}

extension MessageStory.Reader {
  /// - Parameter open: the fate of one of whom the provider has said nothing.
  fileprivate init(_ recipient: HistoryEntry.Recipient, whileOpen open: String) {
    address = recipient.address
    switch recipient.fate {
    case .waiting: (fate, words) = (open, nil)
    case .delivered: (fate, words) = ("delivered", nil)
    case .failed(let reason): (fate, words) = ("failed", reason)
    }
  }
}

extension SentCopy {
  /// Of one that is still due; `nil`: it is not.
  fileprivate var words: String? {
    guard isOpen else { return nil }
    return "due" + (finding.isEmpty ? "" : ", tried again at \(due.formatted(.iso8601)): \(finding)")
  }
}

extension HistoryEntry.Ending {
  /// - Parameter state: of a message that is in the queue all the same: failed, or damaged.
  fileprivate func name(or state: String?) -> String {
    switch self {
    case .open: state ?? "open"
    case .delivered: "delivered"
    case .failed: "failed"
    case .expired: "expired"
    case .deleted: "deleted"
    }
  }
}

/// Nothing was found: where it was looked for.
private struct TraceMiss {
  private let query: TraceQuery
  private let begins: Date?
  private let history: HistorySettings
  private let isOwnOnly: Bool
  private let since: Date?

  init(_ query: TraceQuery, _ result: TraceResult, _ history: HistorySettings, isOwnOnly: Bool, _ since: Date?) {
    self.query = query
    begins = result.historyBegins
    self.history = history
    self.isOwnOnly = isOwnOnly
    self.since = since
  }

  var sentence: String {
    let whose = isOwnOnly ? "No message of yours" : "No message"
    let span = since.map { " since \($0.formatted(.iso8601))" } ?? ""
    let name = query.text.isEmpty ? "" : " by \"\(query.text.harmless())\""
    return "\(whose) is known\(name)\(span). \(places)\(lack)"
  }

  private var places: String {
    guard history.isOn else { return "The queue was searched; no history is kept (history = \"none\")." }
    guard let begins else { return "The queue was searched; the history is empty so far." }
    return "The queue was searched, and the history, which goes back to \(begins.formatted(.iso8601))."
  }

  private var lack: String {
    guard query.isAddress, history.isOn, history.addresses == .none else { return "" }
    return " The history keeps no addresses (history_addresses = \"none\"): name the message by its Message-ID."
  }
}
