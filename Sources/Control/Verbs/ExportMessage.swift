// One message as a file: as it would go out now, or as it was received.

import Access
import Diagnosis
import Foundation
import Mailboxes
import Message
import Spool
import Transport

package struct ExportMessage: ControlVerb {
  package let id: Int64
  package let isAsReceived: Bool

  package init(_ id: Int64, asReceived: Bool) {
    self.id = id
    isAsReceived = asReceived
  }

  var permission: Permission { .readQueue }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    let owner = try context.ownMessagesOnly
    let spool = try context.spool
    guard let listed = try await spool.show(MessageID(rawValue: id))?.message,
      owner == nil || listed.source.uid == owner
    else { throw ControlRefusal.noMessage(id) }
    guard let message = try await spool.content(of: listed.id) else { throw ControlRefusal.unreadable(id) }
    let directory = try await context.mailboxes.load()
    do {
      try await write(message, in: directory, hostname: context.settings.hostname, say)
    } catch TransportError.unfitMessage(let words) {
      throw ControlRefusal.cannotGoOut(id, words)
    } catch is TransportError {
      throw ControlRefusal.unreadable(id)
    }
    return .done("")
  }

  private func write(
    _ message: SpooledMessage, in directory: Directory, hostname: String, _ say: ControlService.Say
  ) async throws {
    if isAsReceived {
      let pieces = PreparedMessage(envelope: message.envelope, header: [], body: message.content.whole).body.pieces
      while let piece = try await pieces.next() { try await say(.octets(Data(piece))) }
      return
    }
    guard let identity = directory.identity(of: message.entity) else {
      throw ControlRefusal.noIdentity(id)
    }
    let prepared = try await PreparedMessage(
      message.content, to: message.envelope, receivedAt: message.receivedAt, id: "\(message.id)",
      rewrittenBy: SenderRewrite(identity, hostname: hostname), for: Capabilities())
    try await say(.octets(Data(prepared.header)))
    let pieces = prepared.body.pieces
    while let piece = try await pieces.next() { try await say(.octets(Data(piece))) }
  }
}

extension MessageContent {
  /// Header and all, as a body that is handed out piece by piece.
  fileprivate var whole: PreparedMessage.Body {
    switch self {
    case .octets(let octets): .octets(octets[...])
    case .stored(let body): .stored(body, skipping: 0, encoder: nil)
    }
  }
}
