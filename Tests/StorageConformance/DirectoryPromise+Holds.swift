// All mail of an entity is kept back: for every store, over whatever is connected, and audited.

import Foundation
import Mailboxes
import Testing

extension DirectoryPromise {
  static let holds = [
    DirectoryPromise("an entity that one store holds is held for every other, whatever is connected") { stores in
      let hold = try await stores.one.hold("acme", by: .mara, at: noon)
      #expect(hold == EntityHold(entity: "acme", since: noon, by: .mara))
      _ = try await stores.other.connect(mailbox(of: "acme"))
      let directory = try await stores.other.load()
      #expect(directory.hold(of: "acme") == hold)
      #expect(directory.mailbox(of: "acme") != nil && directory.sendingMailbox(of: "acme") == nil)
      _ = try await stores.one.disconnect("acme")
      #expect(try await stores.one.load().holds == ["acme": hold])
    },
    DirectoryPromise("a second hold changes nothing, and a release ends it once") { stores in
      let first = try await stores.one.hold("acme", by: .mara, at: noon)
      #expect(try await stores.other.hold("acme", by: .root, at: noon + 60) == first)
      #expect(try await stores.other.release("acme", by: .root, at: noon + 90))
      #expect(try await stores.one.release("acme", by: .mara, at: noon + 91) == false)
      #expect(try await stores.one.load().holds.isEmpty)
    },
    DirectoryPromise("who held an entity, and who let it go, is in the audit list") { stores in
      _ = try await stores.one.hold("acme", by: .mara, at: noon)
      _ = try await stores.one.hold("acme", by: .root, at: noon)
      _ = try await stores.other.release("acme", by: .root, at: noon + 60)
      let entries = try await stores.one.audit(of: "acme")
      #expect(entries.map(\.verb) == [.release, .hold] && entries.map(\.requester) == [.root, .mara])
    },
  ]
}
