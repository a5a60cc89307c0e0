// The table of providers, and what the configuration may put in its place.

import Access
import Foundation
import Letterhead
import Mailboxes
import SMTP
import Testing

private let base = """
  [[listener]]
  address = "127.0.0.1:2525"
  [entity.acme]
  default = true

  """

private func configuration(_ text: String) throws -> Configuration {
  try Configuration.parse(base + text, file: "/etc/letterhead/letterhead.toml")
}

/// The problems of `text`, without their lines.
private func problems(_ text: String) -> [String] {
  do {
    _ = try configuration(text)
    return []
  } catch {
    return (error as? ConfigurationProblems)?.all.map(\.message) ?? ["\(error)"]
  }
}

@Suite struct `The table of providers` {
  @Test(arguments: Providers.builtIn.all)
  func `says of each where it takes mail and how one signs in`(provider: Provider) throws {
    let server = try #require(provider.servers.first)
    #expect(server.security == .usual(for: server.port) && server.security != .none)
    #expect(provider.regions.isEmpty != server.host.contains("{region}"))
    #expect(!provider.mechanisms.isEmpty && !provider.label.isEmpty)
    let isByToken = provider.oauth?.authorizeURL != nil || provider.oauth?.appOnly != nil
    #expect(provider.takesPasswords || isByToken)
    // Whoever takes only app passwords says where one is made.
    #expect(provider.login.appPassword == .no || !provider.login.madeAt.isEmpty)
    #expect(provider.note.isEmpty || provider.note.hasSuffix("."))
    for url in [provider.oauth?.authorizeURL, provider.oauth?.tokenURL, provider.oauth?.deviceURL].compactMap(\.self) {
      #expect(url.hasPrefix("https://"))
    }
  }

  @Test(arguments: Providers.builtIn.all)
  func `prints each as a section that reads back as the same`(provider: Provider) throws {
    let read = try configuration(provider.section.replacing("[provider.\(provider.name)]", with: "[provider.copy]"))
    var copy = try #require(read.providers.named("copy"))
    (copy.name, copy.isPublic) = (provider.name, true)
    #expect(copy == provider)
  }

  /// Each says what Microsoft publishes of it, and nothing else.
  @Test func `knows Microsoft's other ways to take mail by SMTP`() throws {
    let hve = Providers.builtIn["hve"]
    #expect(hve.servers == [Server(host: "smtp.hve.mx.microsoft", port: 587, security: .starttls)])
    #expect(hve.limits == SendingLimits(recipientsPerMessage: 50) && !hve.takesPasswords)
    #expect(hve.oauth?.appOnly == .clientCredentials && hve.oauth?.authorizeURL == nil)
    #expect(hve.oauth?.appScopes == ["https://outlook.office365.com/.default"])
    let azure = Providers.builtIn["azure-communication"]
    #expect(azure.servers == [Server(host: "smtp.azurecomm.net", port: 587, security: .starttls)])
    // Its limits can be raised, and a mailbox of its own it has not.
    #expect(azure.limits == SendingLimits() && azure.oauth == nil && azure.imap == nil && azure.takesPasswords)
  }

  @Test func `knows no domain and no exchanger twice`() {
    let all = Providers.builtIn.all
    for names in [all.flatMap(\.domains), all.flatMap(\.mxSuffixes), all.map(\.name)] {
      #expect(Set(names).count == names.count)
    }
  }

  @Test(arguments: [
    ("gmail.com", "google"), ("WEB.DE", "webde"), ("hotmail.com", "outlook"), ("acme.example", nil),
  ])
  func `tells a provider by a domain that is its own`(domain: String, name: String?) {
    #expect(Providers.builtIn.owner(ofDomain: domain)?.name == name)
  }

  @Test(arguments: [
    (["acme-example.mail.protection.outlook.com"], "microsoft"),
    (["ASPMX.L.GOOGLE.COM", "alt1.aspmx.l.google.com"], "google"),
    // Half of the mail goes elsewhere: that is not certain.
    (["aspmx.l.google.com", "mx.acme.example"], nil), (["mx.acme.example"], nil), ([], nil),
    // Somebody else's domain that merely ends alike.
    (["notgoogle.com"], nil),
  ])
  func `tells a provider by its mail exchangers`(names: [String], name: String?) {
    #expect(Providers.builtIn.owner(ofExchangers: names)?.provider.name == name)
  }
}

@Suite struct `A provider in the configuration` {
  @Test func `joins the table`() throws {
    let corp = try #require(
      try configuration(
        """
        [provider.corp]
        host = "mail.corp.example"
        port = 587
        mechanisms = ["xoauth2"]
        authorize_url = "https://id.corp.example/authorize"
        token_url = "https://id.corp.example/token"
        device_url = "https://id.corp.example/device"
        scopes = ["mail", "offline_access"]
        max_connections = 2
        messages_per_minute = 60
        recipients_per_message = 100
        recipients_per_day = 5000
        files_sent_copies = true
        """
      ).providers.named("corp"))
    #expect(corp.servers == [Server(host: "mail.corp.example", port: 587, security: .starttls)])
    #expect(corp.mechanisms == ["XOAUTH2"] && corp.oauth?.scopes == ["mail", "offline_access"])
    #expect(
      corp.limits
        == SendingLimits(
          maxConnections: 2, messagesPerMinute: 60, recipientsPerMessage: 100, recipientsPerDay: 5000))
    #expect(corp.filesSentCopies == true)
  }

  @Test func `overrides one of the table key by key`() throws {
    let providers = try configuration("[provider.microsoft]\nmessages_per_minute = 10").providers
    let (changed, known) = (providers["microsoft"], Providers.builtIn["microsoft"])
    #expect(changed.limits.messagesPerMinute == 10 && changed.limits.maxConnections == known.limits.maxConnections)
    #expect(changed.servers == known.servers && changed.oauth == known.oauth)
    #expect(providers.all.map(\.name) == Providers.builtIn.all.map(\.name))
  }

  @Test(arguments: [
    ("[provider.corp]\nport = 587", "host is missing"),
    ("[provider.corp]\nhost = \"h\"\nmechanisms = [\"NTLM\"]", "no mechanism \"NTLM\""),
    ("[provider.corp]\nhost = \"h\"\ntoken_url = \"http://id.corp.example/token\"", "no address of a sign-in service"),
    ("[provider.smtp]\nhost = \"h\"", "neither smtp nor sandbox"),
    ("[provider.corp]\nhost = \"h\"\nmax_connection = 2", "Did you mean max_connections?"),
    ("[oauth.gmx]\nclient_id = \"x\"", "signs in by OAuth"),
    ("[oauth.gmx]\nclient_id = \"x\"\nsecret_expires = 2027-03-01", "signs in by OAuth"),
    ("[oauth.nobody]\nsecret_expires = 2027-03-01", "signs in by OAuth"),
    ("[oauth.microsoft]\ntenant = \"../evil\"", "is no tenant"),
    ("[oauth.microsoft]\ncertificate = \"c.pem\"", "needs its private key"),
    ("[oauth.microsoft]\nclient_secret_command = \"/bin/vault get\"", "a list of texts"),
    ("[oauth.microsoft]\nclient_secret_command = [\"vault\", \"get\"]", "whole path"),
    (
      "[oauth.microsoft]\nclient_assertion_file = \"/run/token\"\nclient_secret_file = \"secret\"",
      "One proof is enough"
    ),
    ("[oauth.microsoft]\nsecret_expires = \"soon\"", "takes a day as 2027-03-01"),
    ("[admin]\napproval = \"sometimes\"", "takes one of \"off\", \"required\""),
    ("[alert]\nmail_to = [\"it@acme.example\"]", "go together"),
    ("[alert]\nmail_to = [\"it@acme.example\"]\nmail_from_entity = \"beta\"", "There is no entity \"beta\""),
  ])
  func `with a mistake is told`(text: String, says: String) {
    let found = problems(text)
    #expect(found.contains { $0.contains(says) }, "\(found)")
  }

  @Test func `without OAuth may say when its password ends`() throws {
    let read = try configuration("[oauth.azure-communication]\nsecret_expires = 2027-03-01")
    #expect(read.clients["azure-communication"]?.secretExpires == Date(timeIntervalSince1970: 1_803_859_200))
  }

  @Test func `says where the app's proof is on this host`() throws {
    let read = try configuration(
      """
      [oauth.microsoft]
      client_assertion_file = "token"
      [oauth.google]
      client_secret_command = ["/usr/bin/vault", "kv", "get"]
      """)
    #expect(read.clients["microsoft"]?.assertionFile == "/etc/letterhead/token")
    #expect(read.clients["google"]?.secretCommand == ["/usr/bin/vault", "kv", "get"])
  }

  @Test func `goes with the registration and the people of the same file`() throws {
    let read = try configuration(
      """
      [entity.acme.limits]
      messages_per_minute = 5
      [oauth.microsoft]
      client_id = "1234"
      client_secret_file = "secret"
      tenant = "acme.onmicrosoft.com"
      secret_expires = 2027-03-01
      [admin]
      approval = "required"
      users = ["mara"]
      groups = ["mail-admins"]
      [alert]
      command = "/usr/local/bin/page"
      mail_to = ["it@acme.example"]
      mail_from_entity = "acme"
      """)
    #expect(read.entities[0].limits.messagesPerMinute == 5)
    let client = try #require(read.clients["microsoft"])
    #expect(client.secretFile == "/etc/letterhead/secret" && client.tenant == "acme.onmicrosoft.com")
    #expect(client.secretExpires == Date(timeIntervalSince1970: 1_803_859_200))
    #expect(read.admin.approval == .required && read.admin.users == ["mara"] && read.admin.groups == ["mail-admins"])
    #expect(read.alert.command == "/usr/local/bin/page" && read.alert.mailTo.map(\.text) == ["it@acme.example"])
  }
}
