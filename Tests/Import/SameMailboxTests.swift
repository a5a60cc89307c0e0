// Accounts, senders and rows that are one mailbox, and what their entities are called.

import SMTP
import Testing

@testable import Import

struct `An entity that is taken over` {
  private func report(on system: ForeignSystem, _ path: String, _ text: String) -> ImportReport {
    let files = ForeignFiles { $0 == path ? .octets(Array(text.utf8), mode: 0o600) : .missing }
    return ForeignImport.report(on: system, at: path, files: files) { _, _ in true }
  }

  private func accounts(_ text: String) -> [String] {
    let report = report(
      on: .msmtp, "/etc/msmtprc", "defaults\nhost smtp.acme.example\ntls on\nauth on\npassword x\n" + text)
    return report.plan.entities.map { entity in
      "\(entity.key): \(entity.address?.value.text ?? "-") of \(entity.senders.map(\.value).joined(separator: ", "))"
    }
  }

  @Test(
    arguments: [
      // Two names for one.
      (
        "account a\nuser u\nfrom a@acme.example\naccount b : a\nlogfile /x\naccount c\nuser U\nfrom a@acme.example\n",
        ["acme: a@acme.example of a@acme.example"]
      ),
      // One user who sends as two.
      (
        "account a\nuser u\nfrom a@acme.example\naccount b\nuser u\nfrom b@acme.example\n",
        ["acme: a@acme.example of a@acme.example, b@acme.example"]
      ),
      (
        "account a\nuser u\nfrom a@acme.example\naccount b\nuser v\nfrom b@acme.example\n",
        ["acme: a@acme.example of a@acme.example", "acme-b: b@acme.example of b@acme.example"]
      ),
      // Without a sign-in nothing but the address tells them apart.
      (
        "account a\nauth off\nfrom a@acme.example\naccount b\nauth off\nfrom b@acme.example\n",
        ["acme: a@acme.example of a@acme.example", "acme-b: b@acme.example of b@acme.example"]
      ),
      // Nothing says an address: the account has a name.
      ("account billing\nuser u\naccount shop\nuser v\n", ["billing: - of ", "shop: - of "]),
      ("account hunter2!\nuser u\n", ["main: - of "]),
    ])
  func `is one for each mailbox, called by its domain or its account`(text: String, entities: [String]) {
    #expect(accounts(text) == entities)
  }

  @Test func `takes from each account what the other has not`() {
    let text =
      "account a\nhost h.acme.example\ntls on\nauth on\nuser u\naccount b : a\npassword x\nfrom_full_name Acme\n"
    let plan = report(on: .msmtp, "/etc/msmtprc", text).plan
    #expect(plan.entities.map(\.name?.value) == ["Acme"])
    guard case .password("u", .clear) = plan.entities[0].signIn else {
      Issue.record("\(plan.entities[0].signIn)")
      return
    }
  }

  @Test func `has the address that can be one, where the sender is of this host`() {
    let text = """
      relayhost = [smtp.acme.example]:587
      smtp_sasl_auth_enable = yes
      smtp_sender_dependent_authentication = yes
      smtp_sasl_password_maps = inline:{ { erp@localhost = office@acme.example:x } }
      """
    let plan = report(on: .postfix, "/main.cf", text).plan
    #expect(plan.entities.map { $0.address?.value.text } == ["office@acme.example"])
    #expect(plan.entities.map { $0.senders.map(\.value) } == [["erp@localhost"]])
  }
}
