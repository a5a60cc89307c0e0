// Requests and the audit list: decided once, spent once, written down for ever, by whichever store.

import Foundation
import Mailboxes
import Testing

private let wanted = ConnectionChange(connecting: mailbox(of: "acme"))

extension DirectoryPromise {
  static let requests = [
    DirectoryPromise("an approval lets its requester connect once, whichever stores file, approve and connect") {
      stores in
      await #expect(throws: StoreError.request(.notApproved(wanted))) {
        _ = try await stores.one.connect(mailbox(of: "acme"), by: .mara, at: noon)
      }
      try await stores.approved(wanted, for: .mara)
      _ = try await stores.other.connect(mailbox(of: "acme"), by: .mara, at: noon)
      #expect(try await stores.one.requests(at: noon).map(\.state) == [.used])
      await #expect(throws: StoreError.request(.notApproved(wanted))) {
        _ = try await stores.one.connect(mailbox(of: "acme"), by: .mara, at: noon)
      }
    },
    DirectoryPromise("an approval is spent once, also by two stores at once") { stores in
      for round in 1...8 {
        let request = try await stores.approved(wanted, for: .mara)
        let tasks = [stores.one, stores.other].map { store in
          Task { try await store.connect(mailbox(of: "acme"), by: .mara, at: noon) }
        }
        var saved: [Mailbox] = []
        for task in tasks { if let mailbox = try? await task.value { saved.append(mailbox) } }
        #expect(saved.count == 1)
        let spent = try await stores.one.audit().filter { $0.detail.hasSuffix("request \(request.number)") }
        #expect(spent.map(\.verb) == [round == 1 ? .connect : .reconnect])
      }
    },
    DirectoryPromise("a change that is refused leaves its approval") { stores in
      _ = try await stores.one.connect(mailbox(of: "acme", at: "first@acme.example"), by: .root, at: noon)
      try await stores.approved(wanted, for: .mara)
      await #expect(throws: StoreError.connectedToAnother(entity: "acme", address: "first@acme.example")) {
        _ = try await stores.other.connect(mailbox(of: "acme"), by: .mara, at: noon)
      }
      #expect(try await stores.one.isApproved(wanted, for: Requester.mara.key, at: noon))
    },
    DirectoryPromise("a request is decided once, also by two stores at once") { stores in
      for _ in 1...8 {
        let (why, reason) = (try #require(PlainText("New provider")), try #require(PlainText("Not now")))
        let number = try await stores.one.file(wanted, by: .mara, justification: why, at: noon).number
        let approval = Task { try await stores.one.approve(number, by: .root, at: noon) }
        let denial = Task { try await stores.other.deny(number, by: .root, reason: reason, at: noon) }
        let decided = [try? await approval.value, try? await denial.value].compactMap(\.self)
        #expect(decided.count == 1)
        let stored = try await stores.other.requests(at: noon).first { $0.number == number }
        #expect(stored == decided.first)
        if decided.first?.state == .approved {
          _ = try await stores.one.connect(mailbox(of: "acme"), by: .mara, at: noon)
        }
      }
    },
    DirectoryPromise("the same request filed by two stores at once is one") { stores in
      let why = try #require(PlainText("New provider"))
      let tasks = [stores.one, stores.other].map { store in
        Task { try await store.file(wanted, by: .mara, justification: why, at: noon) }
      }
      let numbers = [try await tasks[0].value.number, try await tasks[1].value.number]
      #expect(numbers[0] == numbers[1])
      #expect(try await stores.one.requests(at: noon).map(\.number) == [numbers[0]])
      #expect(try await stores.one.audit().map(\.verb) == [.request])
    },
    DirectoryPromise("everybody's requests are kept apart, also those of people who are no unix users") { stores in
      let why = try #require(PlainText("Nuovo fornitore"))
      let mine = try await stores.one.file(wanted, by: .mara, justification: why, at: noon)
      let hers = try await stores.other.file(wanted, by: .anna, justification: why, at: noon)
      #expect(hers.number > mine.number)
      #expect(try await stores.one.requests(of: "web:anna", at: noon) == [hers])
      #expect(try await stores.other.requests(of: "uid:1001", at: noon) == [mine])
      #expect(try await stores.other.requests(at: noon) == [mine, hers])
      _ = try await stores.one.approve(hers.number, by: .root, at: noon)
      #expect(try await stores.other.isApproved(wanted, for: "web:anna", at: noon))
      #expect(try await !stores.other.isApproved(wanted, for: "uid:1001", at: noon))
    },
    DirectoryPromise("the audit list grows by each change, in order, with who did it") { stores in
      let request = try await stores.approved(wanted, for: .anna)
      _ = try await stores.one.connect(mailbox(of: "acme"), by: Authorization(.anna, needsApproval: true), at: noon + 1)
      _ = try await stores.other.disconnect("acme", by: .root, at: noon + 2)
      let entries = try await stores.one.audit().reversed().map { "\($0.requester.key) \($0.verb) \($0.detail)" }
      #expect(
        entries == [
          "web:anna request connect \(shownMailbox) request \(request.number): New provider",
          "uid:0 approve connect \(shownMailbox) request \(request.number) of Anna Rossi",
          "web:anna connect \(shownMailbox) request \(request.number)", "uid:0 disconnect office@acme.example",
        ])
      let kept = try await stores.other.audit()
      #expect(kept.map(\.number) == kept.map(\.number).sorted(by: >))
      #expect(kept.map(\.at) == [noon + 2, noon + 1, noon, noon])
      #expect(try await stores.other.audit(of: "beta").isEmpty)
      _ = try await stores.one.connect(mailbox(of: "acme"), by: .root, at: noon)
      #expect(Array(try await stores.one.audit().dropFirst()) == kept)
    },
  ]
}
