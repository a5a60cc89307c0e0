// What errors mean for which there is no reply to look up: on the way to the server, in the opening of the conversation,
// with the message.

package import Mailboxes

extension TransportError {
  /// What the error means for the mailbox or the message.
  package func assessment(for mailbox: Mailbox) -> Assessment {
    switch self {
    case .nameNotFound, .nameHasNoAddress, .lookUpFailed, .refused, .connectTimedOut, .unreachable, .onlyIPv6,
      .redirected:
      wayAssessment
    case .tls(let error): error.assessment(for: mailbox)
    case .noGreeting, .expectsTLS, .notSMTP, .startTLSMissing, .startTLSInjected: openingAssessment
    case .noSignInOffered, .mechanismMissing, .wouldExposeSecret, .unfitCredentials, .serverUnproven:
      signInAssessment(of: mailbox)
    case .token(let error): error.assessment(for: mailbox)
    case .wrongAudience: Self.wrongAudience
    case .tokenRefused(let refusal): refusal.assessment(for: mailbox)
    case .answered(let reply, let phase): Interpretation(Answer(reply, in: phase, from: mailbox)).assessment
    case .nonsense, .lost, .cancelled: lossAssessment
    case .tooLarge, .unfitMessage, .needsSMTPUTF8, .bodyUnreadable: messageAssessment
    }
  }

  private var wayAssessment: Assessment {
    switch self {
    case .nameNotFound:
      Assessment(
        .network, .mailbox, .wait(flagAfter: 3), "The server name {host} does not exist.",
        "Check it for typing errors, then run: {connect}")
    case .nameHasNoAddress:
      Assessment(
        .network, .mailbox, .wait(flagAfter: 3),
        "The name {host} has no address; perhaps it is the mail domain and not its SMTP server.",
        "Ask {provider} for the name of its SMTP server, then run: {connect}")
    case .lookUpFailed:
      Assessment(
        .network, .mailbox, .wait(), "This machine cannot look up names at the moment\(ownReason).",
        "Check its DNS settings and its network; to look now, run: {test}")
    case .refused:
      Assessment(
        .network, .mailbox, .wait(), "{host} answers, but nothing listens on port {port}.",
        "Check the port (465 with TLS, 587 with STARTTLS as a rule), then run: {connect}")
    case .connectTimedOut:
      Assessment(
        .network, .mailbox, .wait(), "Nothing comes back from {host} port {port}: a firewall seems to block it.",
        "Ask whoever runs the network to open outgoing TCP port {port} to {host} (25 stays blocked in many networks: use "
          + "465 or 587), then run: {test}")
    case .redirected(let address):
      Assessment(
        .network, .mailbox, .wait(flagAfter: 3),
        "The name {host} leads to \(address), an address of this machine or network where nobody answers.",
        "A DNS filter or a hosts file redirects it: have {host} exempted, then run: {test}")
    case .onlyIPv6:
      Assessment(
        .network, .mailbox, .wait(), "{host} has IPv6 addresses only, and this machine has no way out by IPv6.",
        "Give this machine IPv6, or find out why no IPv4 address of {host} is known here (getent ahosts {host}), then "
          + "run: {test}")
    default:
      Assessment(
        .network, .mailbox, .wait(),
        "There is no way from this machine to {host} port {port}\(ownReason).",
        "Check this machine's network and routes, then run: {test}")
    }
  }

  /// What this machine's system says of it, in brackets: no part of what the provider said.
  private var ownReason: String {
    switch self {
    case .lookUpFailed(let reason) where !reason.isEmpty, .unreachable(let reason) where !reason.isEmpty: " (\(reason))"
    default: ""
    }
  }

  private var openingAssessment: Assessment {
    switch self {
    case .noGreeting(timedOut: true):
      Assessment(
        .network, .mailbox, .wait(), "{host} port {port} takes the connection and says nothing.",
        "Check the port; if it expects TLS from the first byte, as 465 does, connect so: {connect-tls}")
    case .noGreeting:
      Assessment(
        .network, .mailbox, .wait(), "{host} port {port} hung up without a greeting.",
        "Ask {provider} whether it refuses this machine's public address, and whether a device in between does, "
          + "then run: {test}")
    case .expectsTLS:
      Assessment(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} expects TLS from the first byte.",
        "Connect with TLS in place of STARTTLS, as is usual for 465: {connect-tls}")
    case .notSMTP:
      Assessment(
        .network, .mailbox, .hold(probe: true), "What listens on {host} port {port} is not an SMTP server.",
        "Check host and port (465 or 587 as a rule), then run: {connect}")
    case .startTLSMissing(masked: true):
      Assessment(
        .policy, .mailbox, .hold(probe: true),
        "A device on the network removes the offer of encryption from what {host} port {port} says.",
        "Have its SMTP inspection (as in Cisco's firewalls) turned off for {host}, or connect by TLS: {connect-465}")
    case .startTLSMissing:
      Assessment(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} offers no encryption.",
        "Check the port, and that no device on the network removes STARTTLS; if the server speaks TLS at once: "
          + "{connect-465}")
    default:
      Assessment(
        .policy, .mailbox, .hold(probe: true),
        "Somebody on the line spoke before the encryption of {host} port {port}.",
        "Have the network between here and {host} looked at, then run: {test}")
    }
  }

  private func signInAssessment(of mailbox: Mailbox) -> Assessment {
    switch self {
    case .noSignInOffered:
      Assessment(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} offers no sign-in.",
        "If it knows this machine by its address, it needs none ({connect-no-auth}); else use the provider's submission "
          + "port: \(mailbox.server.port == 587 ? "{connect-465}" : "{connect-587}")")
    case .mechanismMissing(_, let offered):
      Assessment(
        .policy, .mailbox, .hold(probe: true), "{host} does not offer the way to sign in that {address} uses.",
        Self.otherWay(than: mailbox, among: offered))
    case .wouldExposeSecret:
      Assessment(
        .policy, .mailbox, .hold(probe: false), "The line to {host} is not encrypted, so no secret is sent over it.",
        "Connect with TLS or STARTTLS: {connect-587}")
    case .serverUnproven:
      Assessment(
        .policy, .mailbox, .hold(probe: false), "{host} could not prove that it knows the password of {address}.",
        "Make sure that this is the provider's server, then run: {connect}")
    default:
      Assessment(
        .auth, .mailbox, .hold(probe: false), "User name or secret of {address} holds characters that cannot be sent.",
        "Give them again: {connect}")
    }
  }

  private static let wrongAudience = Assessment(
    .consent, .mailbox, .hold(probe: true),
    "The token of {address} is for another service of {provider} than {host}, which will not take it.",
    "SMTP and the mail API are approved one by one; sign in again for this one: {connect}")

  private static func otherWay(than mailbox: Mailbox, among offered: [String]) -> String {
    let tokens = offered.filter { OAuthGrant.Mechanism(rawValue: $0.lowercased()) != nil }
    if mailbox.signsInByToken, tokens.isEmpty { return "It takes passwords only; connect with one: {connect-password}" }
    if !mailbox.signsInByToken, !tokens.isEmpty, tokens == offered {
      return "It takes OAuth only, no passwords; connect by that: {connect-oauth}"
    }
    return "It offers others, of which one is chosen when it is connected anew: {connect}"
  }

  private var lossAssessment: Assessment {
    switch self {
    case .lost(_, _, bodySent: true):
      Assessment(
        .transient, .message, .retry(),
        "{provider} did not confirm the message, which perhaps was sent, so it may arrive twice.")
    case .lost(let phase, let timedOut, _):
      Assessment(
        .network, Set<ConversationPhase>.transaction.contains(phase) ? .message : .mailbox,
        Set<ConversationPhase>.transaction.contains(phase) ? .retry() : .wait(),
        timedOut ? "{provider} did not answer in time." : "The line to {provider} broke.")
    case .nonsense:
      Assessment(
        .network, .mailbox, .wait(flagAfter: 5), "{host} port {port} answers with what is not SMTP.",
        "Check host and port (465 or 587 as a rule), then run: {connect}")
    default:
      Assessment(.transient, .message, .retry(), "Letterhead was stopped before the provider had answered.")
    }
  }

  private var messageAssessment: Assessment {
    switch self {
    case .tooLarge(let octets, let limit):
      Assessment(
        .message, .message, .fail,
        "The message has \(octets) octets as it would go out, and {provider} accepts \(limit).",
        "Send it smaller, or send a link; what {provider} accepts is shown by: {test}")
    case .needsSMTPUTF8:
      Assessment(
        .message, .message, .fail, "{provider} cannot carry an address that is not ASCII (no SMTPUTF8).",
        "Use an ASCII address in the app; to check what {provider} offers, run: {test}")
    case .unfitMessage(let why):
      Assessment(
        .message, .message, .fail,
        "{provider} takes 7-bit mail only, and this message cannot be changed into it: \(why).",
        "Have the app send 7-bit mail, or connect a server that offers 8BITMIME: {connect}")
    default:
      Assessment(
        .transient, .message, .retry(), "The message's body cannot be read from the spool.",
        "Check the disk that holds state_dir; to see the message, run: letterhead queue --entity {entity}")
    }
  }
}
