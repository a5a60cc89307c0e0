// What the relay remembers of mailboxes and of what people know.

import Foundation
import Mailboxes
import Testing

extension DirectoryPromise {
  static let memory = [
    DirectoryPromise("what people were told of a flag is kept until they are told that it is down") { stores in
      try await stores.one.setTold(fault, of: "acme")
      #expect(try await stores.other.toldFlags() == ["acme": fault])
      var next = fault
      next.summary = "The mailbox is full."
      try await stores.other.setTold(next, of: "acme")
      #expect(try await stores.one.toldFlags() == ["acme": next])
      try await stores.one.setTold(nil, of: "acme")
      #expect(try await stores.other.toldFlags().isEmpty)
    },
    DirectoryPromise("a request is told of once") { stores in
      let why = try #require(PlainText("New provider"))
      let change = ConnectionChange(connecting: mailbox(of: "acme"))
      let number = try await stores.one.file(change, by: .mara, justification: why, at: noon).number
      #expect(try await stores.other.untoldRequests(at: noon).map(\.number) == [number])
      try await stores.other.setTold(request: number)
      #expect(try await stores.one.untoldRequests(at: noon).isEmpty)
      _ = try await stores.one.approve(number, by: .root, at: noon)
      #expect(try await stores.one.untoldRequests(at: noon).isEmpty)
    },
    DirectoryPromise("what a mailbox has sent is kept by its address, over a reconnect") { stores in
      #expect(try await stores.one.sendingRecord(of: "office@acme.example", as: [Int].self) == nil)
      try await stores.one.setSendingRecord([1, 2], of: "Office@Acme.example")
      try await stores.other.setSendingRecord([1, 2, 3], of: "office@acme.example")
      _ = try await stores.one.connect(mailbox(of: "acme"))
      _ = try await stores.one.disconnect("acme")
      #expect(try await stores.one.sendingRecord(of: "OFFICE@acme.example", as: [Int].self) == [1, 2, 3])
      #expect(try await stores.one.sendingRecord(of: "other@acme.example", as: [Int].self) == nil)
    },
  ]
}
