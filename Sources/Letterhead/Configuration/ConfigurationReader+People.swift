// `[oauth.NAME]`, `[admin]` and `[alert]`: how the company's app is registered, who decides, and who is told.

import Access
import Foundation
import Mailboxes
import SMTP

extension ConfigurationReader {
  func clients(in top: Section, of providers: Providers) -> [String: Configuration.Client] {
    guard let all = top.table("oauth") else { return [:] }
    var clients: [String: Configuration.Client] = [:]
    for section in all.tables() {
      if providers.named(section.name)?.oauth == nil {
        section.report(
          nil, "No provider \"\(section.name)\" signs in by OAuth. `letterhead providers` lists those that do.")
      }
      clients[section.name] = client(from: section)
    }
    return clients
  }

  private func client(from section: Section) -> Configuration.Client {
    var client = Configuration.Client()
    client.id = section.string("client_id")
    client.secretFile = section.string("client_secret_file").map(absolute)
    client.certificateFile = section.string("certificate").map(absolute)
    client.keyFile = section.string("key").map(absolute)
    client.tenant = section.string("tenant")
    client.secretExpires = section.date("secret_expires")
    if client.certificateFile != nil, client.keyFile == nil {
      section.report("certificate", "A certificate needs its private key as well: key = \"FILE.pem\".")
    }
    if let tenant = client.tenant, !Configuration.Client.isTenant(tenant) {
      section.report("tenant", "\"\(tenant)\" is no tenant. Write its id or one of its domains.")
    }
    section.refuseOthers()
    return client
  }

  func admin(from section: Section) -> Configuration.Admin {
    var admin = Configuration.Admin()
    admin.approval = section.choice("approval") ?? .off
    admin.users = section.strings("users") ?? []
    admin.groups = section.strings("groups") ?? []
    section.refuseOthers()
    return admin
  }

  func alert(from section: Section) -> Configuration.Alert {
    var alert = Configuration.Alert()
    alert.command = section.string("command")
    alert.mailTo = addresses("mail_to", in: section)
    alert.mailFromEntity = section.string("mail_from_entity")
    if alert.command?.isEmpty == true { section.report("command", "command is empty. Leave it out to run nothing.") }
    if alert.mailTo.isEmpty != (alert.mailFromEntity == nil) {
      section.report(nil, "mail_to and mail_from_entity go together: who is told, and through whose mailbox.")
    }
    section.refuseOthers()
    return alert
  }
}
