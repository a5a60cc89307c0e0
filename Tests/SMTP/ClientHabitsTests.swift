// How the programs that send mail sign in, as transcripts: what each says, and what it insists on hearing.

import SMTP
import Support
import Testing

private let offer = ServerDialogue.SignInOffer(primitives: .forTests("y"), allowsCleartext: true)

/// `\0user\0pencil`
private let plain = "AHVzZXIAcGVuY2ls"

private struct Habit: Sendable, CustomStringConvertible {
  let description: String
  let exchange: String

  static let all = [
    Habit(description: "swaks --auth PLAIN, curl, msmtp, Python, Go", exchange: "C: AUTH PLAIN \(plain)"),
    Habit(
      description: "PHPMailer: waits for the empty 334 of PLAIN",
      exchange: """
        C: AUTH PLAIN
        S: 334 \("")
        C: \(plain)
        """),
    Habit(
      description: "curl --login-options AUTH=PLAIN with its name as authorization too",
      exchange: "C: AUTH PLAIN dXNlcgB1c2VyAHBlbmNpbA=="),
    Habit(
      // Nodemailer compares the first prompt with this very text.
      description: "Nodemailer, Outlook, swaks, scanners: LOGIN and its two prompts",
      exchange: """
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: dXNlcg==
        S: 334 UGFzc3dvcmQ6
        C: cGVuY2ls
        """),
    Habit(
      description: ".NET SmtpClient: the mechanism in small letters and the user name at once",
      exchange: """
        C: AUTH login dXNlcg==
        S: 334 UGFzc3dvcmQ6
        C: cGVuY2ls
        """),
    Habit(
      description: "old devices: everything in small letters",
      exchange: """
        C: auth login
        S: 334 VXNlcm5hbWU6
        C: dXNlcg==
        S: 334 UGFzc3dvcmQ6
        C: cGVuY2ls
        """),
    Habit(description: "old devices: blanks around and behind", exchange: #"C> "AUTH  PLAIN   \#(plain)  \r\n""#),
    Habit(description: "old devices: LF alone", exchange: #"C> "AUTH PLAIN \#(plain)\n""#),
    Habit(
      description: "JavaMail: NTLM and XOAUTH2 where somebody has configured them, then LOGIN",
      exchange: """
        C: AUTH NTLM
        S: 504 5.5.4 *
        C: AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHgBAQ==
        S: 504 5.5.4 Not by OAuth: *
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: dXNlcg==
        S: 334 UGFzc3dvcmQ6
        C: cGVuY2ls
        """),
    Habit(
      description: "a person who typed the password wrongly tries again in the same session",
      exchange: """
        C: AUTH LOGIN dXNlcg==
        S: 334 UGFzc3dvcmQ6
        C: cGVu
        S: 535 5.7.8 *
        C: AUTH LOGIN dXNlcg==
        S: 334 UGFzc3dvcmQ6
        C: cGVuY2ls
        """),
  ]
}

@Suite struct ClientHabitsTests {
  @Test(arguments: Habit.all)
  private func `a client signs in as it always does`(habit: Habit) throws {
    try rehearse(
      """
      S: 220 *
      C: HELO app
      S: 250 *
      \(habit.exchange)
      S: 235 2.7.0 Signed in
      """, signIn: offer)
  }

  @Test func `CRAM-MD5 is offered and taken where it is asked for, and last in the list`() throws {
    var withCramMD5 = offer
    withCramMD5.mechanisms.append(.cramMD5)
    // "<y@letterhead>", and the digest of it that ssmtp and Python send.
    try rehearse(
      """
      S: 220 *
      C: EHLO app
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE 1000
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250-CHUNKING
      S: 250 AUTH PLAIN LOGIN SCRAM-SHA-256 CRAM-MD5
      C: AUTH CRAM-MD5
      S: 334 PHlAbGV0dGVyaGVhZD4=
      C: dXNlciBhZjYxNTIxMTQ2MWNiYzA4ZmNjMjg0NDEzNWNiZmIwYg==
      S: 235 2.7.0 Signed in
      """, signIn: withCramMD5)
  }

  @Test func `the older form of the list is there where it is asked for, and names what its readers know`() throws {
    var legacy = offer
    legacy.isLegacy = true
    try rehearse(
      """
      S: 220 *
      C: EHLO app
      S: 250-relay.example
      S: 250-PIPELINING
      S: 250-SIZE 1000
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-ENHANCEDSTATUSCODES
      S: 250-CHUNKING
      S: 250-AUTH PLAIN LOGIN SCRAM-SHA-256
      S: 250 AUTH=PLAIN LOGIN
      C: AUTH PLAIN \(plain)
      S: 235 *
      """, signIn: legacy)
  }

  @Test func `a listener without TLS says that it takes no password in clear from another host`() throws {
    var strict = offer
    strict.allowsCleartext = false
    try rehearse(
      """
      S: 220 *
      C: HELO app
      S: 250 *
      C: AUTH PLAIN \(plain)
      S: 538 5.7.11 No password in clear from another host: *
      """, signIn: strict)
  }
}
