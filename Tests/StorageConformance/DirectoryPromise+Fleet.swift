// Several stores at one time: what one changes the others hear, and one alone refreshes a sign-in.

import Foundation
import Mailboxes
import Testing

extension DirectoryPromise {
  static let fleet = [
    DirectoryPromise("a store hears what another changes") { stores in
      let changes = await stores.one.changes()
      let generation = try await stores.other.connect(mailbox(of: "acme")).generation
      await wait(for: changes) { $0.mailbox(of: "acme")?.generation == generation }
      try await stores.other.setCondition(.broken(fault, probe: true), of: "acme", generation: generation)
      await wait(for: changes) { $0.condition(of: "acme") == .broken(fault, probe: true) }
      _ = try await stores.other.disconnect("acme")
      await wait(for: changes) { $0.mailbox(of: "acme") == nil }
    },
    DirectoryPromise("the version differs after another store's commit") { stores in
      let before = try await stores.storage.snapshot().version
      #expect(try await stores.storage.version() == before)
      _ = try await stores.other.connect(mailbox(of: "acme"))
      #expect(try await stores.storage.version() != before)
    },
    DirectoryPromise("a rotated refresh token is there for the next store that refreshes") { stores in
      let generation = try await stores.one.connect(oauthMailbox(of: "acme")).generation
      let deadline = ContinuousClock.now + .seconds(60)
      for (number, store) in zip(2..., [stores.one, stores.other, stores.other, stores.one]) {
        let found = try await store.refreshingAlone(generation: generation, until: deadline) {
          let found = try await store.refreshToken(of: "acme", generation: generation)
          let use = SignInUse(at: noon + Double(number), refreshToken: Secret("refresh-\(number)"), lapses: noon + 9)
          try await store.record(use, of: "acme", generation: generation)
          return found
        }
        #expect(found == Secret("refresh-\(number - 1)"))
      }
      #expect(try await stores.one.lastUse(of: "acme", generation: generation) == noon + 5)
      guard case .oauth(let grant)? = try await stores.other.load().mailbox(of: "acme")?.signIn else {
        Issue.record("the sign-in is another")
        return
      }
      #expect(grant.entitlement == .refreshToken(Secret("refresh-5"), lapses: noon + 9))
      #expect(grant.proof == .secret(Secret("client secret")), "the other secrets stay")
    },
    DirectoryPromise("one store at a time refreshes a sign-in, and another sign-in at the same time") { stores in
      let over = ContinuousClock.now
      try await stores.one.refreshingAlone(generation: 1, until: over) {
        await #expect(throws: StoreError.self) {
          try await stores.other.refreshingAlone(generation: 1, until: over) { Issue.record("two at once") }
        }
        await #expect(throws: StoreError.self) {
          try await stores.one.refreshingAlone(generation: 1, until: over) { Issue.record("two at once") }
        }
        let isFree = try await stores.other.refreshingAlone(generation: 2, until: over) { true }
        #expect(isFree)
      }
      let isFreeAgain = try await stores.other.refreshingAlone(generation: 1, until: over) { true }
      #expect(isFreeAgain)
    },
    DirectoryPromise("a lease that ended gives nothing back, and every lease has a higher term") { stores in
      let storage = stores.storage
      let first = try await lease(from: storage)
      await storage.release(first)
      let second = try await lease(from: storage)
      #expect(second.term > first.term)
      await storage.release(first)
      #expect(try await storage.leaseRefresh(of: 1, by: "other", until: noon + 180, now: noon) == nil)
      await storage.release(second)
      // Without an end of its own, the kernel ends it with its owner's process.
      guard let end = try await lease(from: storage).until else { return }
      #expect(try await storage.leaseRefresh(of: 1, by: "other", until: end + 180, now: end + 1) != nil)
    },
  ]
}

/// Returns when the directory is as it should be. However long that takes: a test has a limit.
private func wait(for changes: AsyncStream<Directory>, until isSo: (Directory) -> Bool) async {
  for await found in changes where isSo(found) { return }
  Issue.record("the changes ended")
}

private func lease(from storage: any DirectoryStorage) async throws -> RefreshLease {
  let lease = try await storage.leaseRefresh(of: 1, by: "one", until: noon + 180, now: noon)
  return try #require(lease)
}
