// Who files copies of what is sent, found out over a transport without a network.

import Diagnosis
import Foundation
import Mailboxes
import SMTP
import Synchronization
import Testing
import TransportSupport

@testable import Transport

@Suite struct `The test of who files copies` {
  private let sent = InMemorySent()

  /// - Parameter filedAt: by the provider, before this of the looks; `nil`: never.
  private func run(
    _ question: SentCopyTest.Question = .whoFiles, filedAt look: Int? = nil, refusing: Bool = false
  ) async -> (SentCopyFinding?, [StepReport], looks: Int, InMemoryProvider) {
    let letter = Mutex<String?>(nil)
    let provider = InMemoryProvider(sent: sent) { request, _ in
      guard request.hasPrefix("(message) ") else { return nil }
      letter.withLock { $0 = String(request.dropFirst(10)) }
      return refusing ? "550 5.7.1 No" : nil
    }
    let pauses = Mutex(0)
    let (sent, now) = (sent, noon)
    let test = SentCopyTest(of: provider.transport(for: .byPassword), hostname: "relay.example") { _ in
      let count = pauses.withLock {
        $0 += 1
        return $0
      }
      if count == look, let text = letter.withLock({ $0 }) { sent.file(text, at: now) }
    }
    var steps: [StepReport] = []
    let finding = await test.run(question, now: noon) { steps.append($0) }
    return (finding, steps, pauses.withLock { $0 }, provider)
  }

  @Test(arguments: [1, 3, 5])
  func `finds that the provider does, as soon as the letter is there`(look: Int) async {
    let (finding, steps, looks, provider) = await run(filedAt: look)
    #expect(finding == .provider && looks == look && sent.copies.isEmpty && sent.open == 0)
    #expect(steps == [.passed(.sentCopies, "the provider files them")])
    #expect(provider.arrivals.map(\.recipients) == [["office@firm.example"]] && provider.open == 0)
  }

  @Test func `finds that nobody does, files the letter, and sees that it is there once`() async {
    let (finding, steps, looks, provider) = await run()
    #expect(finding == .append && looks == SentCopyTest.usualLooks.count && sent.copies.count == 1)
    #expect(steps == [.passed(.sentCopies, "the provider files none, so Letterhead files them in \"Sent\"")])
    #expect(provider.arrivals.count == 1 && sent.open == 0)
  }

  @Test func `is not taken in by a provider that files late`() async {
    let sent = sent
    let provider = InMemoryProvider(sent: sent)
    let test = SentCopyTest(of: provider.transport(for: .byPassword), hostname: "relay.example", looks: [.zero]) { _ in
    }
    sent.answerFiling { moment throws(SentFolderError) in
      if moment == .after, let arrival = provider.arrivals.first { sent.file(arrival.text, at: noon) }
    }
    #expect(await test.run(.whoFiles, now: noon) { _ in } == .provider)
  }

  @Test func `asks nothing where it is known, and sees whether the mailbox can be read`() async {
    let (finding, steps, looks, provider) = await run(.canFile)
    #expect(finding == .append && looks == 0 && provider.requests.isEmpty && sent.copies.isEmpty)
    #expect(steps == [.passed(.sentCopies, "Letterhead files them")])
  }

  static let troubles: [(SentFolderError, SentCopyFinding?)] = [
    (.notPermitted(words: "NO"), SentCopyFinding.none), (.unreachable(words: "away"), nil),
  ]

  @Test(arguments: troubles)
  func `files nothing where the mailbox cannot be read, and says why`(
    error: SentFolderError, expected: SentCopyFinding?
  ) async {
    sent.answer { () throws(SentFolderError) in throw error }
    let (finding, steps, _, _) = await run()
    #expect(finding == expected)
    guard case .noted(let words) = steps.first?.result else {
      Issue.record("nothing is said")
      return
    }
    #expect(words.hasSuffix("so no copies are filed"))
  }

  @Test func `does not know where the letter was not taken`() async {
    let (finding, steps, _, _) = await run(refusing: true)
    #expect(finding == nil && sent.copies.isEmpty)
    guard case .noted(let words) = steps.first?.result else {
      Issue.record("nothing is said")
      return
    }
    #expect(words.hasPrefix("not found out: "))
  }

  @Test func `says nothing of a way out that has no such folder`() async {
    var steps: [StepReport] = []
    let test = SentCopyTest(of: InMemoryProvider().transport(for: .byPassword), hostname: "relay.example")
    #expect(await test.run(.whoFiles, now: noon) { steps.append($0) } == nil)
    #expect(steps.isEmpty)
  }
}
