// What it means that there is no access token. `error` and status have decided whether to wait or to call a person (see
// `TokenError`); the table's row explains, and what it says of time passes.

import Mailboxes
import OAuth

extension TokenError {
  func meaning(for mailbox: Mailbox) -> Meaning {
    switch self {
    case .refused(let error, let description), .misconfigured(let error, let description):
      ReplyTable.rule(for: Saying(tokenError: error, description, from: mailbox)).meaning
    case .clockWrong(let ahead, _, _):
      Meaning(
        .policy, .mailbox, .hold(probe: true),
        "The clock of this machine is \(ahead > .zero ? "ahead" : "behind") by \(Self.minutes(ahead)), so {provider} "
          + "refuses what it signs.",
        "Set the clock (timedatectl set-ntp true), then run: {test}")
    case .unavailable(_, let words): Self.unavailable(words, mailbox)
    case .disconnected:
      Meaning(
        .auth, .mailbox, .wait(), "The mailbox {address} was disconnected or connected anew in the meantime.")
    case .cancelled:
      Meaning(.transient, .mailbox, .wait(), "Letterhead was stopped before the sign-in service had answered.")
    }
  }

  private static func minutes(_ time: Duration) -> String {
    let minutes = abs(time.components.seconds) / 60
    return minutes < 120 ? "\(minutes) minutes" : "\(minutes / 60) hours"
  }

  /// Nothing is known about the grant, so whatever the words are, no row about the grant may be read out.
  private static func unavailable(_ words: String, _ mailbox: Mailbox) -> Meaning {
    let error = String(words.prefix { $0 != ":" })
    let meaning = ReplyTable.rule(for: Saying(tokenError: error, words, from: mailbox)).meaning
    if [.transient, .throttle, .network].contains(meaning.class) { return meaning.waiting }
    return Meaning(
      .network, .mailbox, .wait(), "The sign-in service of {provider} cannot be reached or does not answer.",
      "Check that this machine may reach {login-host} by HTTPS, through a proxy if need be; to look now, run: {test}")
  }
}
