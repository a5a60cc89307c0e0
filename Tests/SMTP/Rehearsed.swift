// Transcripts against the dialogue alone, in every cut.

import SMTP
import Support

/// Plays the client of a transcript, cut in every way, against the dialogue, and gives what was kept.
@discardableResult
func rehearse(
  _ text: String, startTLS: Bool = false, maximumMessageOctets: Int = 1_000, maximumRecipients: Int = 3,
  closes: Bool = false, signIn: ServerDialogue.SignInOffer? = nil
) throws -> [Rehearsed.Kept] {
  let transcript = try Transcript(text)
  var kept: [Rehearsed.Kept] = []
  for cut in Pieces.allWays {
    var server = Rehearsed(
      ServerDialogue.Offers(
        hostname: "relay.example", maximumMessageOctets: maximumMessageOctets, maximumRecipients: maximumRecipients,
        startTLS: startTLS, signIn: signIn), answering: knownUsers)
    try transcript.rehearse(opening: server.dialogue.greeting.octets(), cut: cut) { event in
      if event == .startsTLS { server.dialogue.secured() }
      return []
    } hear: {
      server.hear($0)
    }
    guard server.isClosed == closes else {
      throw Divergence(from: transcript, at: transcript.steps.count, instead: closes ? "stays open" : "closes")
    }
    kept = server.messages
  }
  return kept
}
