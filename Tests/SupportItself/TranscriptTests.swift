// The helpers themselves: a transcript that cannot fail would prove nothing anywhere else.

import Sockets
import Support
import Testing

@Suite struct `A transcript rehearsed against a value` {
  private func echo(_ octets: [UInt8]) -> [UInt8] { octets }

  @Test(arguments: Pieces.allWays)
  func `is kept line by line, however it is fed`(cut: Pieces) throws {
    let transcript = try Transcript(
      """
      # remarks and empty lines say nothing

      C: one
      C> "two\\n\\x41"
      S: o*
      S> "two\\nA"
      """)
    try transcript.rehearse(cut: cut, hear: echo)
  }

  @Test(arguments: [
    ("C: one\nS: two", "said: one"),
    ("C: one\nS: one\nS: two", "nothing was said"),
    ("C: one\nC: two\nS: one", "also said: two\\r\\n"),
    ("C> \"one\\n\"\nS: one", "bare LF"),
  ])
  func `marks the place where the two parted`(script: String, words: String) throws {
    let transcript = try Transcript(script)
    let divergence = #expect(throws: Divergence.self) { try transcript.rehearse(hear: echo) }
    #expect(divergence?.description.contains(words) == true)
    #expect(divergence?.description.contains("--> ") == true)
  }

  @Test(arguments: ["D: x", "C; x", "(waits)", "(sings)", "C> NOOP", "C> \"\\q\""])
  func `refuses what is no transcript`(line: String) {
    #expect(throws: TranscriptError.self) { try Transcript(line) }
  }
}

@Suite struct `A scripted peer and a scripted client` {
  private static let server = """
    S: 220 ready
    C: EHLO *
    S: 250-peer
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 go ahead
    (starts TLS)
    C: DATA
    S: 354 go ahead
    C: (body)
    S: 250 taken
    C: BDAT 7 LAST
    C: (body)
    S: 250 taken
    """

  @Test(arguments: Pieces.allWays)
  func `hold a conversation with TLS and both kinds of body`(cut: Pieces) async throws {
    let peer = try ScriptedPeer(Self.server, cut: cut)
    let client = """
      S: 220 ready
      C: EHLO me
      S: 250-peer
      S: 250 STARTTLS
      C: STARTTLS
      S: 220 *
      (starts TLS)
      C: DATA
      S: 354 go ahead
      C: (body)
      S: 250 taken
      C: BDAT 7 LAST
      C: (body)
      S: 250 taken
      C: QUIT
      S: 221 *
      """
    try await ScriptedClient.play(client, to: peer.endpoint, body: Array(".dot\r\n\n".utf8), cut: cut)
    let heard = try await peer.finish()
    #expect(heard[0].bodies == [Array(".dot\r\n\n\r\n".utf8), Array(".dot\r\n\n".utf8)])
  }

  @Test(arguments: [
    ("C: EHLO a", "C: HELO a", "heard: HELO a"),
    ("C: EHLO a", "C: EHLO a\nC: NOOP", "heard: NOOP"),
    ("C: EHLO a\nC: NOOP", "C: EHLO a\nC: (closes)", "heard: (closes)"),
    ("C: EHLO a\nC: NOOP", "C: EHLO a\nC: (resets)", "heard: (resets)"),
    ("C: EHLO a", "C> \"EHLO a\\n\"", "not ended by CRLF"),
    ("C: EHLO a\nC: NOOP", "C: EHLO a\n(waits 2 seconds)", "nothing was heard in time"),
  ])
  func `notice every word that is not written`(server: String, client: String, words: String) async throws {
    let peer = try ScriptedPeer(server, patience: .seconds(1))
    _ = try? await ScriptedClient.play(client, to: peer.endpoint)
    let divergence = await #expect(throws: Divergence.self) { try await peer.finish() }
    #expect(divergence?.description.contains(words) == true)
  }

  @Test func `notice a connection that never comes, and one too many`() async throws {
    let lonely = try ScriptedPeer("C: NOOP", patience: .milliseconds(200))
    await #expect(throws: Divergence.self) { try await lonely.finish() }
    let crowded = try ScriptedPeer("C: NOOP")
    for _ in 1...2 { _ = try? await ScriptedClient.play("C: NOOP", to: crowded.endpoint) }
    await #expect(throws: Divergence.self) { try await crowded.finish() }
  }
}
