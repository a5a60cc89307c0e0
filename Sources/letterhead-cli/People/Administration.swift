// The one place that decides how a command reaches the connections: on the state itself, or by asking the relay.

import Foundation
import Letterhead
import Mailboxes
import StorageSQLite

enum Administration {
  /// This user's state, or root's to work on; with a relay or without.
  case here(AdminDesk, Caller)
  /// Somebody else's state.
  case relay(AdminClient)

  /// Root becomes the owner of the state directory here, for good: read the administrator's files before.
  ///
  /// - Parameter connecting: for commands that connect on the state itself.
  static func reach(
    _ configuration: Configuration, connecting: (MailboxStore) throws -> (any Connecting)? = { _ in nil }
  ) throws -> Administration {
    guard Privileges.mayOpen(configuration.stateDirectory) else {
      return .relay(
        AdminClient(path: AdminServer.path(for: configuration), stateDirectory: configuration.stateDirectory))
    }
    let caller = Caller(.ofThisProcess, isAdministrator: true)
    try Privileges.becomeOwner(of: configuration.stateDirectory)
    let store = try SQLiteStorage.openMailboxes(of: configuration)
    return .here(AdminDesk(store: store, configuration: { configuration }, connecting: try connecting(store)), caller)
  }

  /// - Parameter each: told of every line of the answer but the last, as it comes.
  /// - Returns: the last line: `.permitted` or `.done`.
  /// - Throws: `CommandFailure` with the sentence when it was refused, or when a request was filed instead.
  @discardableResult
  func ask(_ verb: AdminCall.Verb, each: (AdminReply) throws -> Void = { _ in }) async throws -> AdminReply {
    let ending: AdminReply
    switch self {
    case .relay(let client): ending = try await client.ask(verb, each: each)
    case .here(let desk, let caller):
      var last: AdminReply?
      try await desk.answer(AdminCall(verb), from: caller) { reply in
        if reply.isLast { last = reply } else { try each(reply) }
      }
      guard let last else { throw CommandFailure("\(AdminRefusal.notACall)") }
      ending = last
    }
    switch ending {
    case .refused(let sentence): throw CommandFailure(sentence)
    case .filed(let request): throw CommandFailure(Self.sentence(for: request))
    default: return ending
    }
  }

  private static func sentence(for request: Request) -> String {
    "This waits for an administrator: request \(request.number), to \(request.change.sentence). Nothing was changed. "
      + "When it is approved (letterhead approve \(request.number)), run the same command again."
  }
}

extension AdminReply {
  /// Prints what a command says when it is done.
  func printSentence() {
    if case .done(let sentence) = self, !sentence.isEmpty { print(sentence) }
  }
}
