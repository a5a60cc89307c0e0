// The whole chain of a connected mailbox again, step by step. Changes nothing but to lift a flag or a pause that the test
// has disproved. The message of a test goes out of its own, past the queue: also where all mail of the entity is held.

import Access
import Foundation
import Logs
import Mailboxes
import SMTP

package struct TestMailbox: ControlVerb {
  package let entity: String
  /// Gets a real message in the end.
  package let recipient: String?

  package init(entity: String, recipient: String?) {
    self.entity = entity
    self.recipient = recipient
  }

  var permission: Permission { .testMailbox }

  func answer(in context: ControlContext, _ say: ControlService.Say) async throws -> ControlReply {
    try context.settings.requireEntity(entity)
    let address = try recipient.map { text throws(ControlRefusal) in
      guard let address = Address(text), !address.domain.isEmpty else { throw .notACall }
      return address
    }
    guard let mailbox = try await context.mailboxes.load().mailbox(of: entity) else {
      throw ControlRefusal.noMailbox(entity: entity)
    }
    do {
      try await context.resources.connector.test(mailbox, sendingTo: address) { try await say(.step($0)) }
    } catch {
      await note(address, "failed", because: "\(error)", in: context)
      throw error
    }
    await note(address, "works", in: context)
    let works = address.map { "It works; a message is on its way to \($0)." } ?? "It works."
    let hold = try await context.mailboxes.load().hold(of: entity)
    let lifted = try await lift(of: mailbox, sending: address != nil, isHeld: hold != nil, in: context)
    return .done([works, lifted, hold.map { "\($0)" }].compactMap(\.self).joined(separator: " "))
  }

  private func note(
    _ recipient: Address?, _ outcome: String, because reason: String? = nil, in context: ControlContext
  ) async {
    let detail = recipient.map { "\(outcome), with a message to \($0)" } ?? outcome
    await context.record(
      .test, detail, of: entity, as: "test",
      [.recipients: recipient.map { "\($0)" }, .outcome: outcome, .reason: reason])
  }

  /// - Parameter isHeld: a person keeps all mail of the entity back, whatever its mailbox does.
  /// - Returns: what was lifted, in a sentence.
  private func lift(
    of mailbox: Mailbox, sending: Bool, isHeld: Bool, in context: ControlContext
  ) async throws -> String? {
    await context.resources.lookAgain(entity)
    let condition = try await context.mailboxes.load().condition(of: entity)
    guard let word = condition.disproved(bySending: sending),
      try await context.mailboxes.setCondition(.working, of: entity, generation: mailbox.generation)
    else { return nil }
    return "The \(word) of \(entity) is lifted\(isHeld ? "" : ", and its mail goes out")."
  }
}

extension Condition {
  /// Whether it is over when the chain holds to the end of an envelope, or of a message. A quota may only be told at the
  /// end of a message.
  ///
  /// - Returns: what people call it; `nil` for what stays.
  func disproved(bySending sending: Bool) -> String? {
    switch self {
    case .working: nil
    case .broken: "error flag"
    case .paused(_, let fault): sending || fault.class != .quota ? "pause" : nil
    }
  }
}
