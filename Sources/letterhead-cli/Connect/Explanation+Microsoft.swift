// What to register at Microsoft: for a person, and for an app that signs in by itself. Menus as of the end of 2026.

import Mailboxes

extension Explanation {
  var portal: String {
    switch provider.name {
    case "microsoft-us": "https://entra.microsoft.us"
    case "microsoft-cn": "https://entra.microsoftonline.cn"
    default: "https://entra.microsoft.com"
    }
  }

  var registrations: String { "\(portal) › Entra ID › App registrations" }

  private var smtpAuthentication: Instruction {
    Instruction(
      "Switch SMTP on for this one mailbox (that goes before the organisation's setting). In the Microsoft 365 admin "
        + "centre: Users › Active users › \(address) › Mail › Manage email apps › Authenticated SMTP. Or in Exchange "
        + "Online PowerShell:",
      "Set-CASMailbox -Identity \(address) -SmtpClientAuthenticationDisabled $false")
  }

  var whatToCopy: Instruction {
    Instruction(
      "Copy two ids from the registration's Overview:", "Application (client) ID   for --client-id",
      "Directory (tenant) ID     for --tenant")
  }

  var microsoftPerson: [Instruction] {
    let kinds =
      provider.name == "outlook" ? "Personal Microsoft accounts only" : "Accounts in this organizational directory only"
    return [
      Instruction(
        "Register an app, once for the organisation: \(registrations) › New registration.",
        "Name              Letterhead",
        "Account types     \(kinds)", "Redirect URI      Public client/native (mobile & desktop):  \(redirectURI)"),
      whatToCopy,
      Instruction(
        "API permissions › Add a permission › Microsoft Graph › Delegated permissions:",
        "SMTP.Send  offline_access  openid  email  profile"),
    ]
      + (way == .device
        ? [
          Instruction(
            "Authentication › Settings › Allow public client flows: Yes. Many organisations block sign-ins by device "
              + "code, and end those that were made when they begin to; a browser is the safer way.")
        ] : [])
      + (provider.name == "outlook" ? [] : [smtpAuthentication]) + [
        Instruction(
          "Run this, and open the address that it prints. Sign in as \(address). A person who may send as it signs in "
            + "with an account of their own, and adds --username THAT-ADDRESS.",
          command("--client-id \(clientID) --tenant \(tenant)\(wayFlag)")),
        Instruction(
          "To write them down once, put them into the configuration instead:", configurationSection,
          "client_id = \"\(clientID)\"", "tenant    = \"\(tenant)\""),
      ]
  }

  /// Registered for the organisation, with a certificate.
  var appWithCertificate: [Instruction] {
    [
      Instruction(
        "Register an app, once for the organisation: \(registrations) › New registration.",
        "Name              Letterhead",
        "Account types     Accounts in this organizational directory only", "Redirect URI      none"),
      whatToCopy,
      Instruction(
        "Give it a certificate: make one, and upload the .pem under Certificates & secrets › Certificates. (A client "
          + "secret works as well, with --client-secret-file; copy its Value, not its ID. Where this host gets a signed token of its "
          + "own, a federated credential needs neither: --client-assertion-file.)",
        "openssl req -x509 -newkey rsa:2048 -nodes -days 730 -subj /CN=letterhead -keyout letterhead.key "
          + "-out letterhead.pem"),
    ]
  }

  func connectingApp(within time: String) -> [Instruction] {
    [
      Instruction(
        "Wait: what was set in Exchange takes up to \(time). Then run:",
        command(
          "--app-only --client-id \(clientID) --tenant \(tenant) --certificate letterhead.pem --key letterhead.key")),
      Instruction(
        "To write them down once, put them into the configuration instead:", configurationSection,
        "client_id      = \"\(clientID)\"", "tenant         = \"\(tenant)\"",
        "certificate    = \"letterhead.pem\"", "key            = \"letterhead.key\""),
    ]
  }

  /// High Volume Email. Its accounts name the apps that may use them, ten at most.
  var highVolumeApp: [Instruction] {
    appWithCertificate + [
      Instruction(
        "API permissions › Add a permission › APIs my organization uses › Office 365 Exchange Online › Application "
          + "permissions:", "Mail.Send"),
      Instruction("Have an administrator approve it, on that page or at this address:", consentLink),
      Instruction(
        "Let the app into this one account, in Exchange Online PowerShell; ten are taken by an account. OBJECT-ID stands "
          + "under Enterprise applications › Letterhead; the one under App registrations does not work.",
        "Connect-ExchangeOnline", "Add-HVEAppAccess -Identity \(address) -AppIds OBJECT-ID"),
    ] + connectingApp(within: "five minutes")
  }

  var microsoftApp: [Instruction] {
    appWithCertificate + [
      Instruction(
        "API permissions › Add a permission › APIs my organization uses › Office 365 Exchange Online › Application "
          + "permissions:", "SMTP.SendAsApp"),
      Instruction("Have an administrator approve it, on that page or at this address:", consentLink),
      Instruction(
        "Let the app into this one mailbox, in Exchange Online PowerShell. OBJECT-ID stands under Enterprise "
          + "applications › Letterhead; the one under App registrations is another and does not work.",
        "Connect-ExchangeOnline",
        "New-ServicePrincipal -AppId \(clientID) -ObjectId OBJECT-ID -DisplayName Letterhead",
        "Add-MailboxPermission -Identity \(address) -User OBJECT-ID -AccessRights FullAccess"),
      smtpAuthentication,
    ] + connectingApp(within: "an hour")
  }

  var consentLink: String {
    let link = provider.oauth?.consentURL ?? ""
    return link.replacing("{tenant}", with: tenant) + (link.contains("?") ? "&" : "?") + "client_id=\(clientID)"
  }
}
