// What a mailbox has sent is kept by its address.

import Foundation
import Mailboxes
import StorageConformance
import Support
import Testing

@Suite struct `What a mailbox has sent` {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test func `is kept by the address in any spelling, over restarts and reconnects`() async throws {
    let first = try store(in: directory)
    #expect(try await first.sendingRecord(of: "office@firm.example", as: [Int].self) == nil)
    try await first.setSendingRecord([1, 2], of: "Office@Firm.example")
    try await first.setSendingRecord([1, 2, 3], of: "office@firm.example")
    _ = try await first.connect(mailbox(of: "acme", at: "office@firm.example"))
    _ = try await first.disconnect("acme")
    #expect(try await store(in: directory).sendingRecord(of: "OFFICE@firm.example", as: [Int].self) == [1, 2, 3])
    #expect(try await first.sendingRecord(of: "other@firm.example", as: [Int].self) == nil)
  }

  @Test func `that cannot be read is as none`() async throws {
    let store = try store(in: directory)
    try await store.setSendingRecord("neither numbers nor a list", of: "office@firm.example")
    #expect(try await store.sendingRecord(of: "office@firm.example", as: [Int].self) == nil)
  }
}
