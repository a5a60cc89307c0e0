// `letterhead explain REPLY`: what Letterhead makes of a provider's words, and why. Reads nothing of the relay's.

import ArgumentParser
import Diagnosis
import Foundation
import Letterhead
import Mailboxes
import OAuth
import TransportSMTP

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what Letterhead makes of a provider's words, and why.",
    discussion: """
      REPLY is what a mail server or a sign-in service said: a reply with its codes (several lines may be one argument), \
      "error: description", or the JSON of a token endpoint, alone or with its status: {"status": 503, "body": …}. \
      "-" reads it from standard input.

      Without --phase the most probable one is taken, and words without a code are taken for a lasting refusal, unless \
      they speak of the network. The same words may mean something else in another phase or at another provider.

      Examples:
        letterhead explain "550 5.1.8 Sender address rejected" --phase rcpt
        letterhead explain "invalid_grant: AADSTS50057" --provider microsoft
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption
  @Argument(help: ArgumentHelp("What was said.", valueName: "reply")) var reply: String
  @Option(
    help: ArgumentHelp(
      "What it was said to: connect, tls, banner, ehlo, starttls, auth, mail, rcpt, data, eod (the end of the data), "
        + "or token."),
    completion: .list(["connect", "tls", "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "eod", "token"]))
  var phase: String?
  @Option(
    help: "Who said it. Names from `letterhead providers` may change the meaning; others are only named.",
    completion: .providers)
  var provider: String?

  func run() throws {
    let phase = try self.phase.map { name in
      guard let phase = ConversationPhase(named: name) else {
        throw ValidationError("There is no phase \"\(name)\". See: letterhead explain --help")
      }
      return phase
    }
    let (words, provider, now) = (try words(), self.provider.map(named), Date())
    if words.allSatisfy(\.isWhitespace) { throw ValidationError("There are no words. Paste what was said.") }
    if Answer(stated: words, in: phase, family: nil).isAcceptance {
      throw ValidationError("With this reply the provider takes the message, so there is nothing to explain.")
    }
    let explanation =
      tokenExplanation(of: words, in: phase, at: provider, now: now)
      ?? ReplyExplanation(of: words, in: phase, at: provider, now: now)
    if json.isOn { return try printJSON(explanation) }
    print(explanation.text)
  }

  /// The JSON of a token endpoint is read as if it had just come.
  private func tokenExplanation(
    of words: String, in phase: ConversationPhase?, at provider: Provider?, now: Date
  ) -> ReplyExplanation? {
    guard phase == nil || phase == .token, let error = TokenError(recorded: words) else { return nil }
    return ReplyExplanation(of: TokenFailure(error), at: provider, now: now)
  }

  private func words() throws -> String {
    guard reply == "-" else { return reply }
    // No reply is longer, and standard input may never end.
    let octets = try FileHandle.standardInput.read(upToCount: 65_536) ?? Data()
    return String(decoding: octets, as: UTF8.self)
  }

  /// A provider that is not in the table is only a name.
  private func named(_ name: String) -> Provider {
    let providers = (try? config.read().providers) ?? .builtIn
    return providers.named(name) ?? Provider(name: name.lowercased(), label: name)
  }
}

extension ReplyExplanation {
  fileprivate var text: String {
    let found = concepts.map { "\($0.concept) (\($0.words))" }.joined(separator: ", ")
    return """
      \(summary)
      \(remedy)

        phase     \(phase)\(phaseIsGuessed ? ", the most probable: name it with --phase" : "")
        concepts  \(found.isEmpty ? "none" : found)
        decided   \(rule)
        class     \(`class`)
        scope     \(scope)
        action    \(action): \(consequence)
      """
  }
}
