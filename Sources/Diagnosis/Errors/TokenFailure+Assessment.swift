// What it means that there is no access token: what the endpoint said is looked up in the table, and what happened without
// an answer has its meaning here.

import Mailboxes

extension TokenFailure {
  func assessment(for mailbox: Mailbox) -> Assessment {
    if let answer = answer(of: ProviderFamily(of: mailbox)) {
      return Interpretation(answer).assessment.pausing(for: retryAfter)
    }
    return switch self {
    case .clockWrong(let ahead, _, _):
      Assessment(
        .network, .mailbox, .hold(probe: true),
        "The clock of this machine is \(ahead > .zero ? "ahead" : "behind") by \(Self.minutes(ahead)), so {provider} "
          + "refuses what it signs.",
        "Set the clock (timedatectl set-ntp true), then run: {test}")
    case .clientProof(let fault): fault.assessment
    case .disconnected:
      Assessment(
        .auth, .mailbox, .wait(), "The mailbox {address} was disconnected or connected anew in the meantime.")
    case .cancelled:
      Assessment(.transient, .mailbox, .wait(), "Letterhead was stopped before the sign-in service had answered.")
    case .unavailable(_, _, let words) where words.lowercased().contains("certificate"): Self.foreignCertificate
    case .refused, .misconfigured, .unavailable:
      Assessment(
        .network, .mailbox, .wait(), "The sign-in service of {provider} cannot be reached or does not answer.",
        "Check that this machine may reach {login-host} by HTTPS, through a proxy if need be; to look now, run: {test}")
    }
  }

  /// What the endpoint answered; `nil` where there was no answer, or the clock explains it.
  package func answer(of family: ProviderFamily?) -> Answer? {
    switch self {
    case .refused(let error, let description), .misconfigured(let error, let description):
      return Answer(tokenError: error, description, family: family)
    case .unavailable(let status?, _, let words):
      let answer = Answer(tokenStatus: status, words, family: family)
      return Self.tellsOfPassing(answer) ? answer : Answer(tokenStatus: status, "", family: family)
    case .unavailable, .clockWrong, .clientProof, .disconnected, .cancelled: return nil
    }
  }

  /// Where the endpoint could not answer, its words say nothing of the grant: only what they say of the trouble counts. Too
  /// many requests are that, whatever the words.
  private static func tellsOfPassing(_ answer: Answer) -> Bool {
    answer.code != "429" && [.throttle, .transient, .network].contains(Interpretation(answer).assessment.class)
  }

  /// The words are the HTTP library's.
  private static var foreignCertificate: Assessment {
    Assessment(
      .network, .mailbox, .wait(flagAfter: 3),
      "The certificate of {login-host} is not one that this machine trusts.",
      "If its authority is your own, or that of a device of yours which opens HTTPS, give that certificate: {connect-ca}"
    )
  }

  private var retryAfter: Duration? {
    if case .unavailable(_, let time, _) = self { time } else { nil }
  }

  private static func minutes(_ time: Duration) -> String {
    let minutes = abs(time.components.seconds) / 60
    return minutes < 120 ? "\(minutes) minutes" : "\(minutes / 60) hours"
  }
}

extension Assessment {
  /// The same, with a pause that is at least as long as the other side wishes.
  fileprivate func pausing(for wish: Duration?) -> Assessment {
    guard case .pause(let usual) = action, let wish else { return self }
    return Assessment(self.class, scope, .pause(max(usual, wish)), summary, remedy)
  }
}
