// Connections: what is saved is saved whole, once, and for the generation that is meant.

import Foundation
import Mailboxes
import SMTP
import Testing

extension DirectoryPromise {
  static let connections = [
    DirectoryPromise("a mailbox that one store connects comes back whole from another") { stores in
      for mailbox in [mailbox(of: "acme"), oauthMailbox(of: "beta"), graphMailbox(of: "beta")] {
        let saved = try await stores.one.connect(mailbox)
        #expect(saved == mailbox.connected(as: saved.generation))
        #expect(try await stores.other.load().mailbox(of: mailbox.entity) == saved)
      }
    },
    DirectoryPromise("an engine sees no secret in clear") { stores in
      _ = try await stores.one.connect(mailbox(of: "acme", password: "swordfish"))
      let record = try #require(await stores.storage.mailbox(of: "acme"))
      let sealed = try #require(record.secrets["password"])
      #expect(Data(sealed).range(of: Data("swordfish".utf8)) == nil)
      #expect(!"\(record)".contains("swordfish"))
    },
    DirectoryPromise("an address is refused while any store has connected another one") { stores in
      _ = try await stores.one.connect(mailbox(of: "acme", at: "one@acme.example"), by: .root)
      let refusal = StoreError.connectedToAnother(entity: "acme", address: "one@acme.example")
      await #expect(throws: refusal) {
        _ = try await stores.other.connect(mailbox(of: "acme", at: "two@acme.example"), by: .root)
      }
      #expect(try await stores.one.audit().count == 1, "what is refused leaves no entry")
      #expect(try await stores.other.disconnect("acme"))
      _ = try await stores.one.connect(mailbox(of: "acme", at: "two@acme.example"))
      #expect(try await stores.other.load().mailbox(of: "acme")?.address.text == "two@acme.example")
    },
    DirectoryPromise("of two stores that connect different addresses at once one is refused") { stores in
      let one = Task { try await stores.one.connect(mailbox(of: "acme", at: "one@acme.example")) }
      let other = Task { try await stores.other.connect(mailbox(of: "acme", at: "two@acme.example")) }
      let saved = [try? await one.value, try? await other.value].compactMap(\.self)
      #expect(saved.count == 1)
      let found = try await stores.one.load()
      #expect(found.mailbox(of: "acme") == saved.first)
    },
    DirectoryPromise("a generation is never used again, neither after a disconnect nor by another store") { stores in
      var generations: [Int64] = []
      for store in [stores.one, stores.other, stores.one, stores.other] {
        generations.append(try await store.connect(mailbox(of: "acme")).generation)
        generations.append(try await store.connect(mailbox(of: "beta")).generation)
        _ = try await store.disconnect("acme")
        _ = try await store.disconnect("beta")
      }
      #expect(generations == Array(Set(generations)).sorted())
    },
    DirectoryPromise("a disconnect forgets the mailbox and its condition, and only of that entity") { stores in
      let acme = try await stores.one.connect(mailbox(of: "acme"))
      _ = try await stores.one.connect(mailbox(of: "beta"))
      try await stores.one.setCondition(.broken(fault, probe: true), of: "acme", generation: acme.generation)
      #expect(try await stores.other.disconnect("acme"))
      #expect(try await !stores.one.disconnect("acme"))
      let found = try await stores.one.load()
      #expect(found.mailboxes.keys.sorted() == ["beta"])
      #expect(found.conditions.isEmpty)
    },
    DirectoryPromise("a condition is kept as it is, and a reconnect clears it") { stores in
      for condition in [
        Condition.paused(until: noon + 0.25, fault), .broken(fault, probe: true), .broken(fault, probe: false),
        .working,
      ] {
        let generation = try await stores.one.connect(mailbox(of: "acme")).generation
        #expect(try await stores.other.load().condition(of: "acme") == .working)
        #expect(try await stores.one.setCondition(condition, of: "acme", generation: generation))
        #expect(try await stores.other.load().condition(of: "acme") == condition)
      }
    },
    DirectoryPromise("what an old connection met changes nothing of the new one") { stores in
      let old = try await stores.one.connect(oauthMailbox(of: "acme")).generation
      let new = try await stores.other.connect(oauthMailbox(of: "acme"))
      #expect(try await !stores.one.setCondition(.broken(fault, probe: true), of: "acme", generation: old))
      await #expect(throws: StoreError.notConnected(entity: "acme")) {
        try await stores.one.record(SignInUse(at: noon, refreshToken: Secret("late")), of: "acme", generation: old)
      }
      #expect(try await stores.one.load().condition(of: "acme") == .working)
      #expect(try await stores.one.load().mailbox(of: "acme") == new)
    },
    DirectoryPromise("a verb whose task is cancelled is done all the same") { stores in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await stores.one.connect(mailbox(of: "acme"))
      }
      let saved = try await task.value
      #expect(try await stores.other.load().mailbox(of: "acme") == saved)
    },
  ]
}
