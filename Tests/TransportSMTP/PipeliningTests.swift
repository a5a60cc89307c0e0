// Several messages under way on one session: whose replies are whose, and what is known of each when something goes wrong.

import Diagnosis
import Message
import SMTP
import Sockets
import Support
import Testing
import Transport
import TransportSupport

@testable import TransportSMTP

/// Hands over all messages before any of them is answered.
///
/// - Parameter afterwards: looks at the session when all are concluded.
private func together(
  _ messages: [PreparedMessage], cut: Pieces = .whole, script: String,
  afterwards: @escaping @Sendable (SMTPSession) -> Void = { _ in }
) async throws -> [Transmission] {
  let peer = try ScriptedPeer(script, cut: cut, certificate: nil)
  let transmissions = try await onLoop { loop in
    let queue = try await TestQueue(.test(at: peer.endpoint.host, port: peer.endpoint.port), on: loop)
    let transmissions = await queue.sendTogether(messages)
    await queue.look(afterwards)
    await queue.close()
    return transmissions
  }
  _ = try await peer.finish()
  return transmissions
}

private let pipelining = opening("PIPELINING", "CHUNKING")

/// Three messages to one recipient each.
private let three = ["ada", "bob", "cyd"].map { PreparedMessage.test(to: $0) }
private let threeWritten = """
  C: MAIL FROM:<office@firm.example>
  C: RCPT TO:<ada@example.org>
  C: BDAT 25 LAST
  C: (body)
  C: RSET
  C: MAIL FROM:<office@firm.example>
  C: RCPT TO:<bob@example.org>
  C: BDAT 25 LAST
  C: (body)
  C: RSET
  C: MAIL FROM:<office@firm.example>
  C: RCPT TO:<cyd@example.org>
  C: BDAT 25 LAST
  C: (body)

  """
@Suite struct `Messages under way on one session` {
  @Test(arguments: Pieces.allWays)
  func `are answered in their order, however the replies are cut`(cut: Pieces) async throws {
    let transmissions = try await together(
      three, cut: cut,
      script: pipelining + threeWritten + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 one
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250-2.0.0 two
        S: 250 2.0.0 lines
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 three

        """)
    #expect(transmissions.map { $0.outcomes.map(\.kind) } == [[.delivered], [.delivered], [.delivered]])
    #expect(transmissions.map { $0.outcomes[0].words } == ["250 2.0.0 one", "250 2.0.0 two lines", "250 2.0.0 three"])
  }

  @Test func `bear no grudge for a MAIL refused between them`() async throws {
    let transmissions = try await together(
      three,
      script: pipelining + threeWritten + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 Reset
        S: 452 4.3.1 Not now
        S: 503 5.5.1 Need MAIL
        S: 503 5.5.1 Need MAIL
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK

        """)
    #expect(transmissions.map { $0.outcomes.map(\.kind) } == [[.delivered], [.deferred], [.delivered]])
    #expect(transmissions[1].outcomes[0].words == "452 4.3.1 Not now")
  }

  @Test func `bear no grudge for a recipient refused between them`() async throws {
    let transmissions = try await together(
      three,
      script: pipelining + threeWritten + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 550 5.1.1 No such user
        S: 554 5.5.1 No valid recipients
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK

        """)
    #expect(transmissions.map { $0.outcomes.map(\.kind) } == [[.delivered], [.failed], [.delivered]])
    #expect(transmissions[1].outcomes[0].words == "550 5.1.1 No such user")
  }

  @Test func `are perhaps sent when the line breaks before their replies, and only those`() async throws {
    let transmissions = try await together(
      three,
      script: pipelining + threeWritten + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: (closes)
        """)
    #expect(transmissions.map { $0.outcomes.map(\.kind) } == [[.delivered], [.deferred], [.deferred]])
    #expect(transmissions.map(\.isPerhapsSent) == [false, true, true])
  }

  @Test func `are perhaps sent only as far as they were written`() async throws {
    let long = (1...400).map { _ in PreparedMessage.test(to: "ada", body: String(repeating: "x", count: 60_000)) }
    let transmissions = try await together(
      long,
      script: pipelining + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        C: BDAT 60017 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        S: (closes)
        """)
    let written = transmissions.dropFirst().prefix { $0.isPerhapsSent }
    #expect(transmissions.dropFirst().allSatisfy { $0.outcomes.map(\.kind) == [.deferred] })
    #expect(written.count < 399 && transmissions.dropFirst(1 + written.count).allSatisfy { !$0.isPerhapsSent })
  }

  @Test(arguments: [("", true), ("S: 250 2.0.0 And one more\n", false)])
  func `leave behind a session that is used again, unless it said more than it was asked`(
    more: String, isUsable: Bool
  ) async throws {
    let transmissions = try await together(
      [three[0]],
      script: pipelining + threeWritten.split(separator: "C: RSET")[0] + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 one

        """ + more + (isUsable ? "C: QUIT\nS: 221 2.0.0 Bye\n" : "")
    ) { session in #expect(session.isUsable == isUsable) }
    #expect(transmissions.map { $0.outcomes[0].words } == ["250 2.0.0 one"])
  }
}

@Suite struct `A session that ends with messages under way` {
  @Test func `gives back what a 421 kept from being answered`() async throws {
    let transmissions = try await together(
      three,
      script: pipelining + threeWritten + """
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 Reset
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 421 4.3.2 Shutting down
        """)
    #expect(transmissions.map(\.mayGoAgain) == [false, false, true])
    #expect(transmissions.map(\.isConsequence) == [false, false, true])
    #expect(transmissions.map(\.isPerhapsSent) == [false, false, false])
    #expect(transmissions[1].outcomes[0].words == "421 4.3.2 Shutting down")
    #expect(transmissions[2].outcomes.allSatisfy { $0.isUntouched })
  }

  @Test func `counts as one setback however many were under way, and marks each of them`() async throws {
    let transmissions = try await together(three, script: pipelining + threeWritten + "S: (closes)\n")
    #expect(transmissions.map(\.isPerhapsSent) == [true, true, true])
    #expect(transmissions.map(\.isConsequence) == [false, true, true])
    #expect(transmissions.map(\.mayGoAgain) == [false, false, false])
    #expect(transmissions[0].ending == .lost(.mail, timedOut: false, bodySent: true))
  }

  @Test func `is stale when it had carried a message before and says nothing about this one`() async throws {
    let played = try await upstream(
      sending: [.order, .order],
      script: opening() + """
        C: MAIL FROM:<office@firm.example>
        S: 250 2.1.0 OK
        C: RCPT TO:<ada@example.org>
        S: 250 2.1.5 OK
        C: DATA
        S: 354 Go ahead
        C: (body)
        S: 250 2.0.0 OK
        C: MAIL FROM:<office@firm.example>
        S: (closes)
        """)
    #expect(played.transmissions.map(\.isStale) == [false, true])
    #expect(played.transmissions[1].mayGoAgain)
  }

  @Test func `is not stale over its first message`() async throws {
    let played = try await upstream(
      sending: [.order], script: opening() + "C: MAIL FROM:<office@firm.example>\nS: (closes)\n")
    #expect(!played.transmissions[0].isStale && played.transmissions[0].ending != nil)
  }

  @Test func `takes no further message`() async throws {
    let played = try await upstream(
      sending: [.order, .order],
      script: opening() + "C: MAIL FROM:<office@firm.example>\nS: 421 4.3.2 Shutting down\nS: (closes)\n")
    #expect(played.transmissions.map(\.mayGoAgain) == [false, true])
  }
}

@Suite struct `A message that cannot go whole` {
  @Test func `waits until the session is alone, and those behind it wait for it`() async throws {
    let large = PreparedMessage.test(to: "bob", body: String(repeating: "0123456789\r\n", count: 6_000))
    let transmissions = try await together(
      [three[0], large, three[2]],
      script: pipelining + """
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<ada@example.org>
        C: BDAT 25 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 one
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<bob@example.org>
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        C: BDAT 72017 LAST
        C: (body)
        S: 250 2.0.0 two
        C: MAIL FROM:<office@firm.example>
        C: RCPT TO:<cyd@example.org>
        C: BDAT 25 LAST
        C: (body)
        S: 250 2.1.0 OK
        S: 250 2.1.5 OK
        S: 250 2.0.0 three

        """)
    #expect(transmissions.map { $0.outcomes[0].words } == ["250 2.0.0 one", "250 2.0.0 two", "250 2.0.0 three"])
  }
}

@Suite struct `A session some way off` {
  /// Each round's replies come when all of the next messages that may be under way have come.
  @Test func `does not pay the distance for each message`() async throws {
    let server = try RoundTripServer(rounds: [1, 2, 4, 8, 16, 32, 64, 23])
    let endpoint = server.endpoint
    let transmissions = try await onLoop { loop in
      let queue = try await TestQueue(.test(at: endpoint.host, port: endpoint.port), on: loop)
      let transmissions = await queue.sendAsItTakes((1...150).map { .test(to: "r\($0)") })
      await queue.close()
      return transmissions
    }
    #expect(transmissions.allSatisfy { $0.outcomes.map(\.kind) == [.delivered] })
    #expect(server.arrivals == (1...150).map { "r\($0)@example.org" })
  }

  @Test func `takes one message at a time where the server does not take chunks`() async throws {
    let peer = try ScriptedPeer(opening("PIPELINING"), certificate: nil)
    try await onLoop { loop in
      let queue = try await TestQueue(.test(at: peer.endpoint.host, port: peer.endpoint.port), on: loop)
      await queue.look { session in #expect(session.capacity == 1) }
      await queue.close()
      await queue.look { session in #expect(session.capacity == 0) }
    }
    _ = try await peer.finish()
  }
}
