// What it means that there is no access token. The endpoint's `error` and status have decided whether to wait or to call a
// person (see ``TokenFailure``); the rule for its words only explains, or says that the trouble passes.

import Mailboxes

extension TokenFailure {
  func assessment(for mailbox: Mailbox) -> Assessment {
    switch self {
    case .refused(let error, let description), .misconfigured(let error, let description):
      Interpretation(Answer(tokenError: error, description, from: mailbox)).assessment
    case .clockWrong(let ahead, _, _):
      Assessment(
        .policy, .mailbox, .hold(probe: true),
        "The clock of this machine is \(ahead > .zero ? "ahead" : "behind") by \(Self.minutes(ahead)), so {provider} "
          + "refuses what it signs.",
        "Set the clock (timedatectl set-ntp true), then run: {test}")
    case .unavailable(let words): Self.unavailable(words, mailbox)
    case .disconnected:
      Assessment(
        .auth, .mailbox, .wait(), "The mailbox {address} was disconnected or connected anew in the meantime.")
    case .cancelled:
      Assessment(.transient, .mailbox, .wait(), "Letterhead was stopped before the sign-in service had answered.")
    }
  }

  /// The words are the HTTP library's.
  private static var foreignCertificate: Assessment {
    Assessment(
      .network, .mailbox, .wait(flagAfter: 3),
      "The certificate of {login-host} is not one that this machine trusts.",
      "If its authority is your own, or that of a device of yours which opens HTTPS, give that certificate: {connect-ca}"
    )
  }

  private static func minutes(_ time: Duration) -> String {
    let minutes = abs(time.components.seconds) / 60
    return minutes < 120 ? "\(minutes) minutes" : "\(minutes / 60) hours"
  }

  /// Nothing is known about the grant, so whatever the words are, no rule about the grant may explain them.
  private static func unavailable(_ words: String, _ mailbox: Mailbox) -> Assessment {
    let error = String(words.prefix { $0 != ":" })
    let assessment = Interpretation(Answer(tokenError: error, words, from: mailbox)).assessment
    if [.transient, .throttle, .network].contains(assessment.class) { return assessment.waiting }
    if words.lowercased().contains("certificate") { return foreignCertificate }
    return Assessment(
      .network, .mailbox, .wait(), "The sign-in service of {provider} cannot be reached or does not answer.",
      "Check that this machine may reach {login-host} by HTTPS, through a proxy if need be; to look now, run: {test}")
  }
}
