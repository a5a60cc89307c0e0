// The sandbox: mail becomes files.

import Diagnosis
import Foundation
import Mailboxes
import Message
import SMTP
import Support
import Testing
import Transport
import TransportSupport

@testable import TransportSandbox

@Suite struct `The sandbox` {
  private let directory: TemporaryDirectory
  private let transport: SandboxTransport

  init() throws {
    directory = try TemporaryDirectory()
    transport = SandboxTransport(.test(provider: .sandbox), in: SandboxDirectory(directory.path))
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  private func message(to recipients: String..., body: PreparedMessage.Body) -> PreparedMessage {
    PreparedMessage(
      envelope: Envelope(
        sender: Address(localPart: "billing", domain: "acme.example"),
        recipients: recipients.map { Address(localPart: $0, domain: "example.org") }),
      header: Array("Subject: x\r\n\r\n".utf8), body: body)
  }

  @Test(arguments: [100, 600_000])
  func `each message becomes a file, its envelope on top, in order of arrival`(octets: Int) async throws {
    let body = String(repeating: "0123456789\r\n", count: octets / 12)
    let session = try await transport.open()
    for number in 1...3 {
      let transmission = await session.send(
        message(to: "\(number)", "bob", body: .octets(Array(body.utf8)[...])), now: noon)
      #expect(transmission.outcomes.map(\.kind) == [.delivered, .delivered])
      #expect(transmission.outcomes[0].words.hasPrefix("250 2.0.0 Kept as 20"))
    }
    let names = try files()
    try #require(names.count == 3)
    for (number, name) in zip(1..., names) {
      #expect(name.hasSuffix(".eml"))
      let text = try String(contentsOfFile: directory.path(name), encoding: .utf8)
      let isWhole =
        text == """
          X-Sandbox-Sender: <billing@acme.example>\r
          X-Sandbox-Recipient: <\(number)@example.org>\r
          X-Sandbox-Recipient: <bob@example.org>\r
          Subject: x\r
          \r\n
          """ + body
      #expect(isWhole)
    }
  }

  @Test func `what never came to its end leaves no file, and what a crash left is deleted`() async throws {
    let half = "20260101T000000.000000Z-000001.eml.arriving"
    let beingWritten = "20260101T000000.000000Z-000002.eml.arriving"
    for name in [half, beingWritten] { try directory.write("half", to: name) }
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -4000)], ofItemAtPath: "\(directory.path)/\(half)")
    let session = try await transport.open()
    let transmission = await session.send(
      message(to: "ada", body: .stored(UnreadableBody(), skipping: 0, encoder: nil)), now: noon)
    #expect(transmission.outcomes.map(\.kind) == [.deferred])
    #expect(try files() == [beingWritten])  // by another process, for all we know
  }

  @Test func `puts mail off where the directory is gone`() async throws {
    let session = try await transport.open()
    try FileManager.default.removeItem(atPath: directory.path)
    let transmission = await session.send(message(to: "ada", body: .octets([])), now: noon)
    #expect(transmission.outcomes.map(\.kind) == [.deferred])
    #expect(transmission.outcomes[0].words.contains("No such file"))
  }

  @Test func `is tested by its directory, and nothing is left there`() async throws {
    var steps: [StepReport] = []
    let finding = await ConnectionTest(of: transport, hostname: "relay.example").run { steps.append($0) }
    #expect(steps.map(\.step.title) == ["Directory", "File"])
    #expect(steps[0].result == .passed(directory.path))
    #expect(finding != nil)
    #expect(try files() == [])
  }

  @Test func `fails its test where there can be no directory`() async throws {
    let transport = SandboxTransport(.test(provider: .sandbox), in: SandboxDirectory("/proc/sandbox"))
    var steps: [StepReport] = []
    let finding = await ConnectionTest(of: transport, hostname: "relay.example").run { steps.append($0) }
    #expect(finding == nil)
    #expect(steps.map(\.step.title) == ["Directory"] && steps[0].fault?.upstream.contains("/proc/sandbox") == true)
  }
}

private struct UnreadableBody: StoredBody {
  struct Reader: StoredBodyReader {
    struct Failure: Error {}

    func next() async throws -> [UInt8]? { throw Failure() }
  }

  let octetCount = 1
  func reader() -> any StoredBodyReader { Reader() }
}
