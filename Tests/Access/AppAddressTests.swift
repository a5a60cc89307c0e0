// From whom and to whom an app may send.

import Access
import Mailboxes
import SMTP
import Testing

@Suite struct `The addresses of an app` {
  private func app(_ patterns: [String]) -> App {
    var app = App(name: "erp")
    app.senders = patterns.compactMap(SenderPattern.init)
    app.recipients = app.senders
    return app
  }

  @Test(
    arguments: [
      ([], "ada@acme.example", true), ([], "root", true), ([], nil, true),
      (["*"], "ada@acme.example", true), (["*"], "root", true), (["*"], nil, false), (["*", "<>"], nil, true),
      (["*@acme.example"], "ADA@Acme.Example", true), (["*@acme.example"], "ada@sub.acme.example", false),
      (["*@acme.example"], "root", false), (["*@acme.example", "root"], "root", true),
      (["root"], "root@acme.example", false),
      (["r*"], "root", true), (["*@*.acme.example"], "ada@sub.acme.example", true),
      (["ada@acme.example"], "bob@acme.example", false),
    ] as [([String], String?, Bool)])
  func `are those that its patterns match, and any where it has none`(patterns: [String], text: String?, isMeant: Bool)
    throws
  {
    let address = try text.map { text in
      text.contains("@") ? try #require(Address(text)) : Address(localPart: text, domain: "")
    }
    #expect(app(patterns).mayUse(sender: address) == isMeant)
    if let address { #expect(app(patterns).mayWrite(to: address) == isMeant) }
  }
}
