// A process that tests of the refresh can kill: `refresh-probe ask DIRECTORY` wants an access token for the mailbox of
// `acme`, as the relay does. The helper it starts is this same program, as `refresh-probe refresh-token …`.

import Foundation
import Glibc
import HTTP
import Mailboxes
import OAuth
import StorageSQLite

@main
struct RefreshProbe {
  static func main() async throws {
    let words = Array(CommandLine.arguments.dropFirst())
    switch words.first {
    case "ask": try await ask(words[1])
    case "refresh-token": exit(await refresh(Array(words.dropFirst())))
    default: exit(64)
    }
  }

  private static func refresh(_ words: [String]) async -> Int32 {
    await RefreshChild.run(words, over: HTTPClient()) { directory, entity throws(StoreError) in
      try SQLiteStorage.openMailboxes(in: directory, entities: [entity])
    }
  }

  /// Says `asking` before, and the outcome afterwards.
  private static func ask(_ directory: String) async throws {
    let store = try SQLiteStorage.openMailboxes(in: directory, entities: [Entity(key: "acme", name: "Acme")])
    guard let mailbox = try await store.load().mailbox(of: "acme"), case .oauth(let grant) = mailbox.signIn else {
      exit(65)
    }
    let source = TokenSource(grant, of: mailbox, in: store, over: HTTPClient(), helper: RefreshHelper())
    tell("asking")
    do throws(TokenError) {
      tell("token \(try await source.accessToken(now: Date()).secret.reveal())")
    } catch {
      tell("error \(error)")
    }
  }

  private static func tell(_ line: String) {
    let line = line + "\n"
    write(1, line, line.utf8.count)
  }
}
