// What to register for the providers' own interfaces: Microsoft Graph and the Gmail API. Menus as of the end of 2026.

import Mailboxes

extension Explanation {
  // MARK: Microsoft Graph

  var graphPerson: [Instruction] {
    let kinds =
      provider.name == "outlook" ? "Personal Microsoft accounts only" : "Accounts in this organizational directory only"
    return [
      Instruction(
        "Register an app, once for the organisation: \(registrations) › New registration.",
        "Name              Letterhead",
        "Account types     \(kinds)", "Redirect URI      Public client/native (mobile & desktop):  \(redirectURI)"),
      whatToCopy,
      Instruction(
        "API permissions › Add a permission › Microsoft Graph › Delegated permissions. Mail.Send sends as the person who "
          + "signs in, and reads nothing. SMTP need not be switched on.",
        "Mail.Send  offline_access  openid  email  profile"),
      Instruction(
        "Run this, and open the address that it prints. Sign in as \(address). For a shared mailbox a person signs in who "
          + "has Send As on it; the app then needs Mail.Send.Shared, and the command --username THAT-ADDRESS --scope "
          + "\"https://graph.microsoft.com/Mail.Send.Shared offline_access\".",
        command("--client-id \(clientID) --tenant \(tenant)\(wayFlag)")),
      Instruction(
        "To write them down once, put them into the configuration instead:", configurationSection,
        "client_id = \"\(clientID)\"", "tenant    = \"\(tenant)\""),
    ]
  }

  var graphApp: [Instruction] {
    appWithCertificate + [
      Instruction(
        "Let it send as this one mailbox, in Exchange Online PowerShell (RBAC for Applications). OBJECT-ID stands under "
          + "Enterprise applications › Letterhead; the one under App registrations is another and does not work. The last "
          + "command shows whether it may: InScope is True.",
        "Connect-ExchangeOnline",
        "New-ServicePrincipal -AppId \(clientID) -ObjectId OBJECT-ID -DisplayName Letterhead",
        "New-ManagementScope -Name \"Letterhead \(entity)\" -RecipientRestrictionFilter \"PrimarySmtpAddress -eq "
          + "'\(address)'\"",
        "New-ManagementRoleAssignment -App OBJECT-ID -Role \"Application Mail.Send\" -CustomResourceScope "
          + "\"Letterhead \(entity)\"",
        "Test-ServicePrincipalAuthorization -Identity OBJECT-ID -Resource \(address)"),
      Instruction(
        "Do not add the application permission Mail.Send in Entra beside it: with that the app may send as everybody in "
          + "the organisation, and the scope is void. Only where every mailbox is meant, add it under API permissions › "
          + "Microsoft Graph › Application permissions, and have an administrator approve it:", consentLink),
    ] + connectingApp(within: "two hours")
  }

  // MARK: The Gmail API

  private var gmailSwitch: Instruction {
    Instruction(
      "Switch the Gmail API on for the project: APIs & Services › Library › Gmail API › Enable.")
  }

  var gmailPerson: [Instruction] {
    [
      Instruction("Make a project, once for the company: \(Self.console) › New project."),
      gmailSwitch,
      Instruction(
        "APIs & Services › OAuth consent screen › Audience: Internal for a Workspace. Outside of one: External, and "
          + "publish it to production; in Testing every sign-in ends after seven days."),
      Instruction(
        "Data access › Add scopes. gmail.send sends and reads nothing, so Google asks for less proof than for SMTP:",
        scopes),
      Instruction(
        "Clients › Create client. Its type says that the redirect goes to this machine, on any port.",
        "Application type   Desktop app", "Name               Letterhead"),
      Instruction(
        "Copy the client id, and put the client secret on the first line of a file that only you can read.",
        "umask 077; cat > google-secret"),
      Instruction(
        "Run this, open the address that it prints, sign in as \(address) and leave every box ticked:",
        command("--client-id \(clientID) --client-secret-file google-secret\(wayFlag)")),
      Instruction(
        "To write them down once, put them into the configuration instead:", configurationSection,
        "client_id          = \"\(clientID)\"", "client_secret_file = \"google-secret\""),
    ]
  }

  var gmailServiceAccount: [Instruction] {
    [
      Instruction("Make a project, once for the company: \(Self.console) › New project."),
      gmailSwitch,
      Instruction(
        "IAM & Admin › Service accounts › Create service account, named letterhead; then Keys › Add key › JSON, and keep "
          + "the file where only you can read it."),
      Instruction("Copy the account's Unique ID from its details: a number of 21 digits."),
      Instruction(
        "Have a super admin let it send for the Workspace's mailboxes, and do nothing else: https://admin.google.com › "
          + "Security › Access and data control › API controls › Domain-wide delegation › Add new.",
        "Client ID      the number", "OAuth scopes   \(appScopes)"),
      Instruction(
        "Wait: that takes some minutes, at most a day. Then run:", command("--app-only --key letterhead.json")),
      Instruction(
        "To write it down once, put it into the configuration instead:", configurationSection,
        "key = \"letterhead.json\""),
    ]
  }
}
