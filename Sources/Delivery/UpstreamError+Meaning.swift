// The part of the table for what no reply says: the way to the server, TLS, the opening of the conversation.

import Foundation
import Mailboxes
import OAuth
import TLS

extension UpstreamError {
  /// What it means for the mailbox or the message. `.answered` is the reply table's, and never asked here.
  package var meaning: Meaning {
    switch self {
    case .nameNotFound, .nameHasNoAddress, .lookUpFailed, .refused, .connectTimedOut, .unreachable:
      wayMeaning
    case .tls(let error): Self.meaning(of: error)
    case .noGreeting, .expectsTLS, .notSMTP, .startTLSMissing, .startTLSInjected: openingMeaning
    case .noSignInOffered, .mechanismMissing, .wouldExposeSecret, .unfitCredentials, .serverUnproven: signInMeaning
    case .token(let error): Self.meaning(of: error)
    case .answered(let reply, let phase): ReplyTable.rule(for: reply, in: phase).meaning
    case .nonsense, .lost, .cancelled: lossMeaning
    case .tooLarge, .unfitMessage, .needsSMTPUTF8, .bodyUnreadable: messageMeaning
    }
  }

  private var wayMeaning: Meaning {
    switch self {
    case .nameNotFound:
      Meaning(
        .network, .mailbox, .wait(flagAfter: 3), "The server name {host} does not exist.",
        "Check it for typing errors, then run: {connect}")
    case .nameHasNoAddress:
      Meaning(
        .network, .mailbox, .wait(flagAfter: 3),
        "The name {host} has no address; perhaps it is the mail domain and not its SMTP server.",
        "Ask {provider} for the name of its SMTP server, then run: {connect}")
    case .lookUpFailed:
      Meaning(
        .network, .mailbox, .wait(), "This machine cannot look up names at the moment.",
        "Check its DNS settings and its network; to look now, run: {test}")
    case .refused:
      Meaning(
        .network, .mailbox, .wait(), "{host} answers, but nothing listens on port {port}.",
        "Check the port (465 with TLS, 587 with STARTTLS as a rule), then run: {connect}")
    case .connectTimedOut:
      Meaning(
        .network, .mailbox, .wait(), "Nothing comes back from {host} port {port}: a firewall seems to block it.",
        "Ask whoever runs the network to open outgoing TCP port {port} to {host}, then run: {test}")
    default:
      Meaning(
        .network, .mailbox, .wait(), "There is no way from this machine to {host} port {port}.",
        "Check this machine's network and routes, then run: {test}")
    }
  }

  private var openingMeaning: Meaning {
    switch self {
    case .noGreeting(timedOut: true):
      Meaning(
        .network, .mailbox, .wait(), "{host} port {port} takes the connection and says nothing.",
        "Check the port, and that TLS from the first byte is not expected there: {connect-tls}")
    case .noGreeting:
      Meaning(
        .network, .mailbox, .wait(), "{host} port {port} hung up without a greeting.",
        "Ask {provider} whether it refuses this machine's public address, then run: {test}")
    case .expectsTLS:
      Meaning(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} expects TLS from the first byte.",
        "Connect with TLS in place of STARTTLS: {connect-tls}")
    case .notSMTP:
      Meaning(
        .network, .mailbox, .hold(probe: true), "What listens on {host} port {port} is not an SMTP server.",
        "Check host and port (465 or 587 as a rule), then run: {connect}")
    case .startTLSMissing:
      Meaning(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} offers no encryption.",
        "Check the port, and that no device on the network removes STARTTLS; if the server speaks TLS at once: "
          + "{connect-465}")
    default:
      Meaning(
        .policy, .mailbox, .hold(probe: true),
        "Somebody on the line spoke before the encryption of {host} port {port}.",
        "Have the network between here and {host} looked at, then run: {test}")
    }
  }

  private var signInMeaning: Meaning {
    switch self {
    case .noSignInOffered:
      Meaning(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} offers no sign-in.",
        "Use the provider's submission port (465 or 587), or --no-auth if it knows this machine by its address: "
          + "{connect}")
    case .mechanismMissing:
      Meaning(
        .policy, .mailbox, .hold(probe: true), "{host} does not offer the way to sign in that {address} uses.",
        "See what it offers with {test} and connect with that: {connect}")
    case .wouldExposeSecret:
      Meaning(
        .policy, .mailbox, .hold(probe: false), "The line to {host} is not encrypted, so no secret is sent over it.",
        "Connect with TLS or STARTTLS: {connect-587}")
    case .serverUnproven:
      Meaning(
        .policy, .mailbox, .hold(probe: false), "{host} could not prove that it knows the password of {address}.",
        "Make sure that this is the provider's server, then run: {connect}")
    default:
      Meaning(
        .auth, .mailbox, .hold(probe: false), "User name or secret of {address} holds characters that cannot be sent.",
        "Give them again: {connect}")
    }
  }

  private var lossMeaning: Meaning {
    switch self {
    case .lost(_, _, bodySent: true):
      Meaning(
        .transient, .message, .retry(),
        "{provider} did not confirm the message, which perhaps was sent, so it may arrive twice.")
    case .lost(let phase, let timedOut, _):
      Meaning(
        .network, Set<Phase>.transaction.contains(phase) ? .message : .mailbox,
        Set<Phase>.transaction.contains(phase) ? .retry() : .wait(),
        timedOut ? "{provider} did not answer in time." : "The line to {provider} broke.")
    case .nonsense:
      Meaning(
        .network, .mailbox, .wait(flagAfter: 5), "{host} port {port} answers with what is not SMTP.",
        "Check host and port (465 or 587 as a rule), then run: {connect}")
    default:
      Meaning(.transient, .message, .retry(), "Letterhead was stopped before the provider had answered.")
    }
  }

  private var messageMeaning: Meaning {
    switch self {
    case .tooLarge(let octets, let limit):
      Meaning(
        .message, .message, .fail,
        "The message has \(octets) octets as it would go out, and {provider} accepts \(limit).",
        "Send it smaller, or send a link; what {provider} accepts is shown by: {test}")
    case .needsSMTPUTF8:
      Meaning(
        .message, .message, .fail, "{provider} cannot carry an address that is not ASCII (no SMTPUTF8).",
        "Use an ASCII address in the app; to check what {provider} offers, run: {test}")
    case .unfitMessage(let why):
      Meaning(
        .message, .message, .fail,
        "{provider} takes 7-bit mail only, and this message cannot be changed into it: \(why).",
        "Have the app send 7-bit mail, or connect a server that offers 8BITMIME: {connect}")
    default:
      Meaning(
        .transient, .message, .retry(), "The message's body cannot be read from the spool.",
        "Check the disk that holds state_dir; to see the message, run: letterhead queue --entity {entity}")
    }
  }
}

extension UpstreamError {
  private static func meaning(of error: TLSError) -> Meaning {
    switch error {
    case .expired(let date):
      Meaning(
        .policy, .mailbox, .hold(probe: true), "The certificate of {host} expired on \(day(date)).",
        "Check this machine's clock and have {provider} renew the certificate, then run: {test}")
    case .notYetValid(let date):
      Meaning(
        .policy, .mailbox, .hold(probe: true), "The certificate of {host} is not valid before \(day(date)).",
        "Set this machine's clock, then run: {test}")
    case .wrongName(let names):
      Meaning(
        .policy, .mailbox, .hold(probe: true),
        "The certificate is not for {host}; it is for \(names.prefix(5).joined(separator: ", ")).",
        "Use one of these names as the server: {connect}")
    case .unknownIssuer(_, selfSigned: true):
      Meaning(
        .policy, .mailbox, .hold(probe: true), "The server {host} uses a certificate of its own making.",
        "If that is as it should be, give its certificate with --ca-file: {connect} --ca-file FILE")
    case .unknownIssuer(let issuer, _):
      Meaning(
        .policy, .mailbox, .hold(probe: true),
        "The certificate of {host} was issued by \(Words.shown(issuer)), which this machine does not know.",
        "If it is your own CA or a firewall that opens the connection, give its certificate: {connect} --ca-file FILE")
    case .notTLS:
      Meaning(
        .policy, .mailbox, .hold(probe: true), "{host} port {port} does not speak TLS from the first byte.",
        "Connect with STARTTLS, which is usual for 587: {connect-starttls}")
    case .untrusted:
      Meaning(
        .policy, .mailbox, .hold(probe: true), "The certificate of {host} is not to be trusted.",
        "Have {provider} mend it, or give the certificate of its CA: {connect} --ca-file FILE")
    case .protocolVersion:
      Meaning(
        .policy, .mailbox, .hold(probe: true), "{host} only speaks TLS older than 1.2.",
        "Ask {provider} for a server that speaks TLS 1.2 or later, then run: {connect}")
    case .badCertificateFile:
      Meaning(
        .policy, .mailbox, .hold(probe: false), "The saved CA certificate for {host} cannot be read.",
        "Give it again: {connect} --ca-file FILE")
    case .handshake, .lost:
      Meaning(
        .network, .mailbox, .wait(flagAfter: 20), "The encryption with {host} port {port} could not be set up.",
        "If it lasts, ask whoever runs the network about TLS inspection or a firewall; to look now, run: {test}")
    }
  }

  private static func meaning(of error: TokenError) -> Meaning {
    switch error {
    case .refused(let code, _) where ["interaction_required", "consent_required", "login_required"].contains(code):
      Meaning(
        .consent, .mailbox, .hold(probe: true), "{provider} wants a person to sign in again for {address}.",
        "Sign in as {address} anew: {connect}")
    case .refused:
      Meaning(
        .auth, .mailbox, .hold(probe: false),
        "{provider} no longer accepts the saved sign-in of {address}: it was revoked, ran out, or the password changed.",
        "Sign in as {address} anew: {connect}")
    case .misconfigured("invalid_client", _):
      Meaning(
        .auth, .mailbox, .hold(probe: false), "Client ID or client secret for {address} is wrong or has run out.",
        "Give them anew: {connect}")
    case .misconfigured("unauthorized_client", _):
      Meaning(
        .consent, .mailbox, .hold(probe: true), "The app registration may not sign in for {address} in this way.",
        "Allow it at {provider}, then run: {test}")
    case .misconfigured:
      Meaning(
        .policy, .mailbox, .hold(probe: true), "The app registration does not fit what Letterhead asks for {address}.",
        "Mend the registration or the scope, then run: {connect}")
    case .clockWrong(let ahead, _, _):
      Meaning(
        .policy, .mailbox, .hold(probe: true),
        "The clock of this machine is \(ahead > .zero ? "ahead" : "behind") by \(minutes(ahead)), so {provider} refuses "
          + "what it signs.",
        "Set the clock (timedatectl set-ntp true), then run: {test}")
    case .unavailable:
      Meaning(
        .network, .mailbox, .wait(), "The sign-in service of {provider} cannot be reached or does not answer.",
        "Check that this machine may reach it by HTTPS; to look now, run: {test}")
    case .disconnected:
      Meaning(
        .auth, .mailbox, .wait(), "The mailbox {address} was disconnected or connected anew in the meantime.")
    case .cancelled:
      Meaning(.transient, .mailbox, .wait(), "Letterhead was stopped before the sign-in service had answered.")
    }
  }

  private static func minutes(_ time: Duration) -> String {
    let minutes = Int((abs(time / .seconds(1)) / 60).rounded())
    return minutes < 120 ? "\(minutes) minutes" : "\(minutes / 60) hours"
  }

  private static func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }
}

extension UpstreamError {
  /// The other side's own words, where there were any.
  package var upstreamWords: String {
    switch self {
    case .lookUpFailed(let words), .unreachable(let words), .notSMTP(let words): words
    case .mechanismMissing(_, let offered): "AUTH \(offered.joined(separator: " "))"
    case .tls(.handshake(let words)), .tls(.untrusted(let words)), .tls(.protocolVersion(let words)): words
    case .tls(.notTLS(let octets)): String(decoding: octets, as: UTF8.self)
    case .token(.refused(let error, let description)), .token(.misconfigured(let error, let description)),
      .token(.clockWrong(_, let error, let description)):
      "\(error) \(description)"
    case .token(.unavailable(_, let words)): words
    case .answered(let reply, _): Words.shown(reply)
    default: ""
    }
  }
}
