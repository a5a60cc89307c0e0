// What to register at Google: for a person, and for a service account of a Workspace. Menus as of the end of 2026.

extension Explanation {
  static let console = "https://console.cloud.google.com"

  var googlePerson: [Instruction] {
    [
      Instruction("Make a project, once for the company: \(Self.console) › New project."),
      Instruction(
        "APIs & Services › OAuth consent screen › Audience: Internal for a Workspace. Outside of one: External, and "
          + "publish it to production; in Testing every sign-in ends after seven days."),
      Instruction("Data access › Add scopes:", scopes),
      Instruction(
        "Clients › Create client. Its type says that the redirect goes to this machine, on any port.",
        "Application type   Desktop app", "Name               Letterhead"),
      Instruction(
        "Copy the client id, and put the client secret on the first line of a file that only you can read. Google wants "
          + "the secret of a desktop app too, though it is none.", "umask 077; cat > google-secret"),
      Instruction(
        "Run this, open the address that it prints, sign in as \(address) and leave every box ticked:",
        command("--client-id \(clientID) --client-secret-file google-secret\(wayFlag)")),
      Instruction(
        "To write them down once, put them into the configuration instead:", configurationSection,
        "client_id          = \"\(clientID)\"", "client_secret_file = \"google-secret\""),
    ]
  }

  var googleServiceAccount: [Instruction] {
    [
      Instruction("Make a project, once for the company: \(Self.console) › New project."),
      Instruction(
        "IAM & Admin › Service accounts › Create service account, named letterhead; then Keys › Add key › JSON, and keep "
          + "the file where only you can read it."),
      Instruction("Copy the account's Unique ID from its details: a number of 21 digits."),
      Instruction(
        "Have a super admin let it act for the Workspace's mailboxes: https://admin.google.com › Security › Access and "
          + "data control › API controls › Domain-wide delegation › Add new.", "Client ID      the number",
        "OAuth scopes   \(appScopes)"),
      Instruction(
        "Wait: that takes some minutes, at most a day. Then run:", command("--app-only --key letterhead.json")),
      Instruction(
        "To write it down once, put it into the configuration instead:", configurationSection,
        "key = \"letterhead.json\""),
    ]
  }
}
