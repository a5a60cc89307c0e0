// One alert for administrators: JSON for their command, a few lines for their mail.

import Foundation
import Mailboxes
import SMTP
import Status

/// One alert. Its JSON keys are a contract with other people's scripts. It holds no secret.
struct Alert: Sendable, Equatable {
  enum Event: String, Sendable, Encodable {
    /// An entity's flag, or a problem of the relay, went up, says something else now, or came down.
    case raised, changed, cleared
    /// Somebody asks to change a connection.
    case request
  }

  var event: Event
  /// The entity's key; `nil`: it is the relay's matter.
  var entity: String?
  /// The entity's name, or the relay's.
  var name: String
  var address: String?
  var provider: String?
  /// The flag; of one that came down, the flag as it was.
  var fault: Fault?
  var problem: RelayProblem?
  var request: Request?
  /// This relay's host name.
  var host: String
  var at: Date

  /// A change of an entity's flag.
  init(_ change: FlagChange<Fault>, in directory: Directory, host: String, at now: Date) {
    event = change.event
    entity = change.key
    name = directory.entity(change.key)?.name ?? change.key
    let mailbox = directory.mailbox(of: change.key)
    address = mailbox?.address.text
    provider = mailbox?.provider.name
    fault = change.flag
    self.host = host
    at = now
  }

  /// A change of a problem of the relay's own.
  init(_ change: FlagChange<RelayProblem>, host: String, at now: Date) {
    event = change.event
    name = "Letterhead on \(host)"
    problem = change.flag
    self.host = host
    at = now
  }

  init(_ request: Request, in directory: Directory, host: String, at now: Date) {
    event = .request
    entity = request.change.entity
    name = directory.entity(request.change.entity)?.name ?? request.change.entity
    address = request.change.address
    provider = directory.mailbox(of: request.change.entity)?.provider.name
    self.request = request
    self.host = host
    at = now
  }

  /// The entity, or the class of the problem, for the log.
  var key: String { entity ?? problem?.class.rawValue ?? "" }

  /// What happened, in one sentence.
  var summary: String {
    guard let request else { return fault?.summary ?? problem?.summary ?? "" }
    return "\(request.requester.name) asks to \(request.change.sentence): \(request.justification)"
  }

  /// What to do.
  var remedy: String {
    guard let request else { return fault?.remedy ?? problem?.remedy ?? "" }
    return "Run: letterhead approve \(request.number), or: letterhead deny \(request.number) --reason TEXT"
  }
}

extension Alert: Encodable {
  private enum Key: String, CodingKey {
    case event, entity, name, address, provider, `class`, since, summary, remedy, upstream, request, user, host, at
  }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(event, forKey: .event)
    try object.encode(entity, forKey: .entity)
    try object.encode(name, forKey: .name)
    try object.encode(address, forKey: .address)
    try object.encode(provider, forKey: .provider)
    try object.encode(fault?.class.rawValue ?? problem?.class.rawValue, forKey: .class)
    try object.encode(since, forKey: .since)
    try object.encode(summary, forKey: .summary)
    try object.encode(remedy, forKey: .remedy)
    try object.encode(fault?.upstream, forKey: .upstream)
    try object.encodeIfPresent(request?.number, forKey: .request)
    try object.encodeIfPresent(request?.requester.name, forKey: .user)
    try object.encode(host, forKey: .host)
    try object.encode(at, forKey: .at)
  }

  /// One line.
  var json: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.dateEncodingStrategy = .iso8601
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
  }
}

extension Alert {
  /// Since when the flag is up, or was.
  fileprivate var since: Date? { fault?.since ?? problem?.since }

  var subject: String {
    switch event {
    case .raised where problem != nil, .changed where problem != nil: "\(name): \(summary)"
    case .cleared where problem != nil: "\(name): a problem is over"
    case .raised, .changed: "\(name): mail is held. \(summary)"
    case .cleared: "\(name): mail goes out again"
    case .request: "\(name): a request waits for you"
    }
  }

  /// For the body of a mail.
  var lines: [String] {
    let isOver = problem == nil ? "The flag of \(name) is down." : "This problem is over."
    var lines =
      event == .cleared
      ? ["\(isOver) It was: \(summary)"]
      : ["What happened: \(summary)", "What to do: \(remedy)"]
    if event != .cleared, let words = fault?.upstream, !words.isEmpty { lines.append("The server said: \(words)") }
    lines.append("")
    if let entity { lines += ["Entity:  \(entity)", "Address: \(address ?? "none")"] }
    if let since { lines.append("Since:   \(since.formatted(.iso8601))") }
    return lines + ["", "Letterhead on \(host)"]
  }
}
