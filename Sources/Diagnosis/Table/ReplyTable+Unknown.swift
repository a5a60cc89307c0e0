// What nobody has described yet. Before MAIL nothing about a message was judged, so there a 5xx is about the mailbox. From
// MAIL on it may be about the mailbox, the message or the recipient, so that the question is asked.

import Mailboxes

extension ReplyTable {
  package static let unknownRules: [Rule] = [
    .token(
      like: "new_error: This grant is not what it was",
      means: .auth, "{provider} no longer accepts the saved sign-in of {address}.",
      "Read the provider's words. {login}, then run: {connect}"),
    Rule(
      "5", in: [.greeting, .hello, .startTLS],
      like: (.greeting, "554 5.7.1 No SMTP service here"),
      means: Assessment(
        .policy, .mailbox, .hold(probe: true), "{provider} refuses this connection.",
        "Ask {provider} whether it allows submission from this machine's public address, then run: {test}")),
    Rule(
      "5", in: [.signIn],
      like: (.signIn, "550 5.7.8 Not today"),
      means: Assessment(
        .auth, .mailbox, .refuse, "{provider} does not accept the saved sign-in of {address}.",
        "{login}, then run: {connect}")),
    Rule(
      "5", in: [.mail],
      like: (.mail, "550 5.9.9 No"),
      means: Assessment(
        .policy, .message, .ask, "{provider} refused to take a message from {address}, and does not say why.",
        "If it goes on, ask {provider} what its words mean; to check the mailbox, run: {test}")),
    Rule(
      "5", in: [.data, .body],
      like: (.body, "554 5.9.9 Transaction failed"),
      means: Assessment(
        .message, .message, .ask, "{provider} refused the message, and does not say why.",
        "Read the provider's words, mend the message in the app and send it again; to check the mailbox, run: {test}")),
    Rule(
      "5", in: [.recipient],
      like: (.recipient, "550 Requested action not taken"),
      means: Assessment(
        .recipient, .recipient, .ask, "{provider} refused the recipient, and does not say why.",
        "Check the recipient's address in the app; to check the mailbox, run: {test}")),
    Rule(
      "4", in: [.recipient],
      like: (.recipient, "450 4.9.9 Later"),
      means: Assessment(.transient, .recipient, .retry(), "{provider} takes the recipient later.")),
    Rule(
      "4", in: .message,
      like: (.body, "451 4.3.0 Local error in processing"),
      means: Assessment(.transient, .message, .retry(), "{provider} is busy.")),
    Rule(
      "4", in: .beforeMail,
      like: (.hello, "421 4.9.9 Not now"),
      means: Assessment(.transient, .mailbox, .wait(), "{provider} does not serve this connection at the moment.")),
    Rule(
      "1 2 3", in: .beforeMail,
      like: (.greeting, "299 What is this"),
      means: Assessment(
        .network, .mailbox, .wait(flagAfter: 5), "{host} port {port} opens the conversation as no SMTP server does.",
        "Check host and port (465 or 587 as a rule), then run: {connect}")),
    Rule(
      "4", in: [.post],
      like: (.post, "400 ErrorNobodyKnows: This is not what it was."),
      means: Assessment(
        .message, .message, .ask, "{provider} refused the message, and does not say why.",
        "Read the provider's words, mend the message in the app and send it again; to check the mailbox, run: {test}")),
    Rule(
      "5", in: [.post],
      like: (.post, "500 ErrorInternalServerError: An internal server error occurred."), (.post, "504 Gateway Timeout"),
      means: notConfirmed),
    Rule(
      in: [.post],
      like: (.post, "302 Found"), (.post, "200 a web page"),
      means: Assessment(
        .network, .mailbox, .wait(flagAfter: 5),
        "What answers at {host} port {port} is not the mail API of {provider}.",
        "See whether a proxy or a sign-in page of this network stands between, then run: {test}")),
    nonsense,
  ]

  /// Whether the message was taken is not known.
  static let notConfirmed = Assessment(
    .transient, .message, .retry(),
    "{provider} did not confirm the message, which perhaps was sent, so it may arrive twice.")

  /// 1yz, 3yz out of place, digits that SMTP does not know.
  static let nonsense = Rule(
    like: (.data, "334 VXNlcm5hbWU6"),
    means: Assessment(
      .transient, .message, .retry(), "{provider} answered with something that SMTP does not know here.",
      "If it lasts, check that {host} port {port} is a submission server, then run: {test}"))
}
