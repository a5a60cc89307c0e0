// What `make install` does about the name sendmail.

import Foundation
import Support
import Testing

@Suite struct `The links that make install makes` {
  private let prefix: TemporaryDirectory

  init() throws { prefix = try TemporaryDirectory() }

  private func link(_ wanted: String) async throws {
    let prefix = prefix.path
    try await BlockingThread {
      let script = URL(fileURLWithPath: "\(Checkout.path)/scripts/link-sendmail")
      let process = try Process.run(script, arguments: [wanted, prefix])
      process.waitUntilExit()
    }.value
  }

  private func target(_ name: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: prefix.path(name))
  }

  @Test func `are made for whoever wants them, and again by the next version`() async throws {
    for _ in 1...2 { try await link("yes") }
    for name in ["sbin/sendmail", "bin/mailq", "bin/newaliases"] {
      #expect(target(name) == "../bin/letterhead-sendmail")
    }
  }

  @Test func `are not made where they are not wanted, or where there is a sendmail`() async throws {
    try await link("no")
    try FileManager.default.createDirectory(atPath: prefix.path("sbin"), withIntermediateDirectories: true)
    try prefix.write("#!/bin/sh\n", to: "sbin/sendmail")
    try await link("auto")
    #expect(target("sbin/sendmail") == nil)
    #expect(target("bin/mailq") == nil)
  }
}
