// One alert for administrators: JSON for their command, a few lines for their mail.

import Foundation
import Mailboxes
import SMTP

/// One alert. Its JSON keys are a contract with other people's scripts. It holds no secret.
struct Alert: Sendable, Equatable {
  enum Event: String, Sendable, Encodable {
    /// An entity's flag went up, says something else now, or came down.
    case raised, changed, cleared
    /// Somebody asks to change a connection.
    case request
  }

  var event: Event
  /// The entity's key and its name.
  var entity: String
  var name: String
  var address: String?
  var provider: String?
  /// The flag; of one that came down, the flag as it was.
  var fault: Fault?
  var request: Request?
  /// This relay's host name.
  var host: String
  var at: Date

  /// A change of an entity's flag.
  init(_ change: FlagChange, in directory: Directory, host: String, at now: Date) {
    event = change.event
    entity = change.entity
    name = directory.entity(change.entity)?.name ?? change.entity
    let mailbox = directory.mailbox(of: change.entity)
    address = mailbox?.address.text
    provider = mailbox?.provider.name
    fault = change.fault
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

  /// What happened, in one sentence.
  var summary: String {
    guard let request else { return fault?.summary ?? "" }
    return "\(request.requester.name) asks to \(request.change.sentence): \(request.justification)"
  }

  /// What to do.
  var remedy: String {
    guard let request else { return fault?.remedy ?? "" }
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
    try object.encode(fault?.class, forKey: .class)
    try object.encode(fault?.since, forKey: .since)
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
  var subject: String {
    switch event {
    case .raised, .changed: "\(name): mail is held. \(summary)"
    case .cleared: "\(name): mail goes out again"
    case .request: "\(name): a request waits for you"
    }
  }

  /// For the body of a mail.
  var lines: [String] {
    var lines =
      event == .cleared
      ? ["The flag of \(name) is down. It was: \(summary)"]
      : ["What happened: \(summary)", "What to do: \(remedy)"]
    if event != .cleared, let words = fault?.upstream, !words.isEmpty { lines.append("The server said: \(words)") }
    lines += ["", "Entity:  \(entity)", "Address: \(address ?? "none")"]
    if let since = fault?.since { lines.append("Since:   \(since.formatted(.iso8601))") }
    return lines + ["", "Letterhead on \(host)"]
  }
}
