// Other ways by which apps of this host send mail, past Letterhead.

struct SendmailCheck: Equatable, Sendable {
  /// Where the name `sendmail` leads; `nil`: there is none.
  let sendmail: String?
  /// Who listens on port 25 of this host, where that is not the relay.
  let otherOnPort25: String?

  var findings: [DoctorFinding] {
    let all = [sendmailFinding, portFinding].compactMap(\.self)
    return all
  }

  private var sendmailFinding: DoctorFinding {
    guard let sendmail else {
      return DoctorFinding(
        .sendmail, .note, "This host has no sendmail: apps that call it, such as cron, cannot send.",
        run: "apt-get install letterhead-sendmail")
    }
    if sendmail.hasSuffix("/letterhead-sendmail") {
      return DoctorFinding(.sendmail, .ok, "sendmail is Letterhead's.")
    }
    return DoctorFinding(
      .sendmail, .note, "sendmail is \(sendmail): mail of apps that call it does not come to Letterhead.",
      run: "dpkg -S \(sendmail)")
  }

  private var portFinding: DoctorFinding? {
    otherOnPort25.map {
      DoctorFinding(
        .sendmail, .note,
        "On port 25 of this host \($0) listens: mail of apps that send there does not come to Letterhead.",
        run: "ss -ltnp 'sport = :25'")
    }
  }
}
