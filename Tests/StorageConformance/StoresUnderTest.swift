// Stores on one database, and the mailboxes and people that the promises speak of.

import Foundation
import Mailboxes
import SMTP
import Support
import Platform
import Testing

struct StoresUnderTest: Sendable {
  /// The relay's, and one of a command line or of another relay.
  let one: MailboxStore
  let other: MailboxStore
  /// Of the first of them.
  let storage: any DirectoryStorage
  private let directory: TemporaryDirectory

  init(_ open: () throws -> any DirectoryStorage) throws {
    directory = try TemporaryDirectory()
    storage = try open()
    one = try Self.store(storage, in: directory)
    other = try Self.store(try open(), in: directory)
  }

  private static func store(_ storage: any DirectoryStorage, in directory: TemporaryDirectory) throws -> MailboxStore {
    MailboxStore(
      storage, vault: Vault(in: try StateDirectory(preparing: directory.path), credentials: nil),
      stateDirectory: directory.path,
      entities: ["acme", "beta"].map { Entity(key: $0, name: $0.capitalized) })
  }

  /// Files a request and approves it.
  @discardableResult
  func approved(_ change: ConnectionChange, for requester: Requester) async throws -> Request {
    let why = try #require(PlainText("New provider"))
    let request = try await one.file(change, by: requester, justification: why, at: noon)
    return try await other.approve(request.number, by: .root, at: noon)
  }
}

extension Requester {
  static let root = Requester(uid: 0, name: "root (ada)")
  static let mara = Requester(uid: 1001, name: "mara")
  /// Somebody whom no unix user stands for.
  static let anna = Requester(key: "web:anna", name: "Anna Rossi")
}

extension Authorization {
  static let root = Authorization(.root)
  static let mara = Authorization(.mara, needsApproval: true)
}

extension Mailbox {
  func connected(as generation: Int64) -> Mailbox {
    var mailbox = self
    mailbox.generation = generation
    return mailbox
  }
}
