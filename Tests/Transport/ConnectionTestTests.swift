// The test of a connection over a transport without a network: it works with whatever conforms.

import Diagnosis
import Mailboxes
import SMTP
import Testing
import TransportSupport

@testable import Transport

@Suite struct `The test of any transport` {
  private func test(
    _ mailbox: Mailbox = .byPassword, at provider: InMemoryProvider, sendingTo recipient: Address? = nil
  ) async -> ([StepReport], ConnectionTest.Finding?) {
    var steps: [StepReport] = []
    let finding = await ConnectionTest(of: provider.transport(for: mailbox), hostname: "relay.example")
      .run(sendingTo: recipient, now: noon) { steps.append($0) }
    return (steps, finding)
  }

  @Test func `reports the transport's own steps and what it takes`() async {
    let provider = InMemoryProvider(capabilities: Capabilities(maximumOctets: 1000))
    let (steps, finding) = await test(at: provider)
    #expect(steps.map(\.step) == [.signIn])
    #expect(finding?.mechanism == "PLAIN" && finding?.capabilities.maximumOctets == 1000)
    #expect(
      provider.requests == [
        "(greeting)", "AUTH", "MAIL FROM:<office@firm.example>",
        "RCPT TO:<office@firm.example>", "RSET", "QUIT",
      ])
  }

  @Test func `sends a real message when asked to`() async {
    let provider = InMemoryProvider()
    let (steps, finding) = await test(at: provider, sendingTo: Address(localPart: "ada", domain: "example.org"))
    #expect(steps.map(\.step) == [.signIn, .message] && finding != nil)
    #expect(provider.arrivals.map(\.recipients) == [["ada@example.org"]])
    #expect(provider.arrivals[0].text.contains("can send."))
  }

  @Test func `ends at the step that fails, with sentence, remedy and words, and leaves`() async {
    let provider = InMemoryProvider { request, _ in request == "AUTH" ? "535 5.7.8 Wrong" : nil }
    let (steps, finding) = await test(at: provider)
    #expect(finding == nil)
    #expect(steps.last?.fault?.class == .auth && steps.last?.fault?.upstream == "535 5.7.8 Wrong")
    #expect(provider.open == 0)
  }

  @Test func `takes a message's refusal for a fault as well`() async {
    let provider = InMemoryProvider { request, _ in request.hasPrefix("(message)") ? "554 5.9.9 No" : nil }
    let (steps, finding) = await test(at: provider, sendingTo: Address(localPart: "ada", domain: "example.org"))
    #expect(finding == nil && steps.last?.fault?.class == .message)
  }
}
