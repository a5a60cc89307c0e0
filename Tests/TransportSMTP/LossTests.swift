// Lines that break, and what is known of a message then.

import Diagnosis
import Mailboxes
import Support
import Testing
import Transport
import TransportSupport

@testable import TransportSMTP

@Suite struct `A line that breaks` {
  @Test func `after the end was written leaves the message deferred as perhaps sent`() async throws {
    let played = try await upstream(
      sending: [.order],
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 354 Go ahead
        C: (body)
        S: (closes)
        """)
    #expect(played.outcomes.map(\.kind) == [.deferred])
    #expect(played.transmissions[0].isPerhapsSent)
    #expect(played.transmissions[0].ending == .lost(.body, timedOut: false, bodySent: true))
  }

  @Test(arguments: ["xyz", "354 Go on"])
  func `is what an answer to the end counts as that is not SMTP`(answer: String) async throws {
    let played = try await upstream(
      sending: [.order],
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 354 Go ahead
        C: (body)
        S: \(answer)
        S: (closes)
        """)
    #expect(played.outcomes.map(\.kind) == [.deferred])
    #expect(played.transmissions[0].isPerhapsSent)
  }

  @Test func `before the end leaves no doubt`() async throws {
    let played = try await upstream(
      sending: [.order],
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: (closes)
        """)
    #expect(played.outcomes.map(\.kind) == [.deferred])
    #expect(!played.transmissions[0].isPerhapsSent)
  }

  @Test func `in a flight that held the end too leaves the message perhaps sent`() async throws {
    let played = try await upstream(
      sending: [.test(to: "ada", "nobody")],
      script: opening("PIPELINING", "CHUNKING") + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        C: RCPT TO:<nobody@example.org>
        C: BDAT 25 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 550 5.1.1 No such user
        S: (resets)
        """)
    #expect(played.outcomes.map(\.kind) == [.deferred, .failed])
    #expect(played.transmissions[0].isPerhapsSent)
  }

  @Test func `after all recipients were refused is no loss at all`() async throws {
    let played = try await upstream(
      sending: [.test(to: "nobody")],
      script: opening("PIPELINING", "CHUNKING") + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<nobody@example.org>
        C: BDAT 25 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 550 5.1.1 No such user
        S: (closes)
        """)
    #expect(played.outcomes.map(\.kind) == [.failed])
    #expect(!played.transmissions[0].isPerhapsSent)
  }

  @Test func `with a 421 in the middle ends the session and defers`() async throws {
    let played = try await upstream(
      sending: [.order],
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 421 4.3.2 Shutting down
        S: (closes)
        """)
    #expect(played.outcomes.map(\.kind) == [.deferred])
    #expect(played.transmissions[0].outcomes[0].words == "421 4.3.2 Shutting down")
  }

  @Test func `in the middle of a body is told by the words that came before`() async throws {
    let played = try await upstream(
      sending: [.test(to: "ada", body: String(repeating: "0123456789\r\n", count: 1_000_000))],
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 354 Go ahead
        S: 552 5.3.4 Too large
        S: (closes)
        """)
    #expect(played.outcomes.map(\.words) == ["552 5.3.4 Too large"])
    #expect(played.outcomes.map(\.kind) == [.failed])
  }

  @Test func `at QUIT is no part of a delivery`() async throws {
    let played = try await upstream(
      sending: [.order],
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 354 Go ahead
        C: (body)
        S: 250 2.0.0 OK
        S: (closes)
        """)
    #expect(played.outcomes.map(\.kind) == [.delivered])
    #expect(played.error == nil)
  }

  @Test func `by silence counts like one that was closed`() async throws {
    var timeouts = briefly
    timeouts.end = .milliseconds(200)
    let played = try await upstream(
      sending: [.order], timeouts: timeouts,
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 354 Go ahead
        C: (body)
        S: (waits 1 second)
        """)
    #expect(played.transmissions[0].ending == .lost(.body, timedOut: true, bodySent: true))
    #expect(played.transmissions[0].isPerhapsSent)
  }

  @Test(arguments: ["XYZ hello", "99 no", "2500 OK"])
  func `to nonsense ends the session and defers`(_ nonsense: String) async throws {
    let played = try await upstream(
      sending: [.order], script: opening() + "C: MAIL FROM:<office@firm.example>\nS: \(nonsense)\n")
    #expect(played.outcomes.map(\.kind) != [.failed] && played.outcomes.map(\.kind) != [.delivered])
    #expect(played.transmissions[0].ending == .nonsense(.mail))
  }
}
