// `[app.NAME]`, `[access]`, `allow` of entities, and what listeners say of who may send.

import Access
import Foundation
import Letterhead
import Mailboxes
import SMTP
import Submission
import Testing

private let base = """
  [[listener]]
  address = "127.0.0.1:2525"
  [entity.acme]
  default = true
  [entity.brandb]

  """

private func configuration(_ text: String, _ base: String = base) throws -> Configuration {
  try Configuration.parse(base + text, file: "/etc/letterhead/letterhead.toml")
}

/// The problems of `text` behind `base`, with their lines in `text`.
private func problems(_ text: String) -> [String] {
  do {
    _ = try configuration(text)
    return []
  } catch {
    let lines = base.count { $0 == "\n" }
    return (error as? ConfigurationProblems)?.all.map { "\($0.line - lines): \($0.message)" } ?? ["\(error)"]
  }
}

@Suite struct `The configuration of apps` {
  @Test func `every key is understood`() throws {
    let rules = try configuration(
      """
      [app.zebra]
      sign_in = true
      cram_md5 = true
      mode = "hold"
      [app.erp]
      match = ["unit:erp.service", "user:erp", "group:staff", "container:4F1C2AB09D7E", "net:192.0.2.0/24",
        "listener:127.0.0.1:2525"]
      entities = ["acme", "brandb"]
      senders = ["*@acme.example"]
      recipients = ["*"]
      choose = ["header", "user", "address"]
      mode = "redirect:test@acme.example"
      dedupe = "10m"
      storm_guard = 100
      [app.erp.limits]
      messages_per_minute = 60
      messages_per_day = 5000
      recipients_per_day = 10000
      max_message_bytes = 26214400
      beyond = "hold"
      [access]
      unknown = "refuse"
      unknown_max_messages = 7
      """
    ).access
    #expect(rules.apps.map(\.name) == ["zebra", "erp"])  // the file's order decides between two that match
    #expect(rules.unknown == .refuse && rules.unknownMaxMessages == 7)
    #expect(rules.apps[0].signsIn && rules.apps[0].signsInByCramMD5 && rules.apps[0].mode == .hold)
    var erp = App(name: "erp")
    erp.match =
      try ["unit:erp.service", "user:erp", "group:staff", "container:4f1c2ab09d7e", "net:192.0.2.0/24"]
      .map { try #require(AppPattern($0)) } + [.listener("127.0.0.1:2525")]
    erp.entities = ["acme", "brandb"]
    erp.senders = ["*@acme.example"].compactMap(SenderPattern.init)
    erp.recipients = ["*"].compactMap(SenderPattern.init)
    erp.choose = [.header, .user, .address]
    erp.mode = .redirect(try #require(Address("test@acme.example")))
    erp.dedupe = .seconds(600)
    erp.stormGuard = 100
    erp.limits.messagesPerMinute = 60
    erp.limits.messagesPerDay = 5000
    erp.limits.recipientsPerDay = 10_000
    erp.limits.maxMessageOctets = 26_214_400
    erp.limits.beyond = .hold
    #expect(rules.apps[1] == erp)
  }

  @Test func `a file without apps says nothing of who may send`() throws {
    #expect(try configuration("").access == AccessRules())
  }

  @Test func `allow stands with its entity, and an entity without it is everybody's`() throws {
    let text =
      base.replacing("default = true", with: "allow = [\"app:erp\", \"user:mara\"]") + "[app.erp]\nsign_in = true"
    #expect(try configuration(text, "").access.allow == ["acme": [.app("erp"), .user("mara")]])
  }

  @Test func `a listener says whom it trusts, and how one signs in`() throws {
    let listener = try configuration(
      """
      [[listener]]
      address = "172.17.0.1:25"
      allow = ["172.17.0.0/16"]
      proxy = ["172.17.0.2"]
      unknown = "refuse"
      require_sign_in = true
      legacy_auth = true
      """
    ).listeners[1]
    #expect(listener.proxies.map(\.description) == ["172.17.0.2/32"] && listener.unknown == .refuse)
    #expect(listener.requiresSignIn && listener.offersLegacyAuth)
    let plain = try configuration("").listeners[0]
    #expect(plain == ListenerSettings(address: "127.0.0.1:2525"))
  }

  @Test(arguments: ["/run/letterhead/submit.sock", "systemd:smtp"])
  func `a listener may be a unix socket or one of systemd's, and says nothing of networks then`(address: String) throws
  {
    #expect(try configuration("[[listener]]\naddress = \"\(address)\"").listeners[1].address == address)
  }

  @Test(arguments: [
    ("[app.ERP]\nsign_in = true", "1: An app's name is written in small letters, digits, - and _: [app.erp]."),
    ("[app.\"erp+x\"]\nsign_in = true", "1: An app's name is written in small letters"),
    ("[app.erp]\nentities = [\"acme\"]", "1: Nothing tells who erp is. Add match = [\"unit:erp.service\"], or sign_in"),
    ("[app.erp]\nmatch = []", "2: match is empty. Write match = [\"unit:erp.service\"], or leave it out."),
    ("[app.erp]\nmatch = [\"unit:erp\"]", "2: \"unit:erp\" is no unit's whole name. Write \"unit:erp.service\"."),
    ("[app.erp]\nmatch = [\"unit:\"]", "2: \"unit:\" matches nobody. Write \"unit:erp.service\", \"user:erp\""),
    ("[app.erp]\nmatch = [\"erp\"]", "2: \"erp\" matches nobody. Write"),
    ("[app.erp]\nmatch = \"user:erp\"", "2: match takes a list of texts"),
    ("[app.erp]\nmatch = [\"container:a b\"]", "2: \"container:a b\" names no container. Write 12 or more digits"),
    ("[app.erp]\nmatch = [\"net:192.0.2.0/33\"]", "2: \"net:192.0.2.0/33\" names no network."),
    ("[app.erp]\nmatch = [\"app:erp\"]", "2: \"app:erp\" is for allow of an entity."),
    ("[app.erp]\nmatch = [\"listener:127.0.0.1:25\"]", "2: There is no [[listener]] with address = \"127.0.0.1:25\"."),
    ("[app.erp]\nsign_in = true\nentities = [\"acme\", \"x\"]", "3: There is no entity \"x\". Add [entity.x]."),
    ("[app.erp]\nsign_in = true\nentities = []", "3: entities is empty. Name one, or leave it out: any, by route."),
    ("[app.erp]\nsign_in = true\nsenders = []", "3: senders is empty."),
    ("[app.erp]\nsign_in = true\nsenders = [\"a b\"]", "3: \"a b\" is no sender pattern."),
    ("[app.erp]\nsign_in = true\nrecipients = []", "3: recipients is empty."),
    ("[app.erp]\nsign_in = true\nrecipients = [\"<>\"]", "3: \"<>\" is no recipient pattern."),
    ("[app.erp]\nsign_in = true\nchoose = [\"header\"]", "3: choose needs the list that is chosen from as well"),
    ("[app.erp]\nsign_in = true\nchoose = []", "3: choose is empty."),
    ("[app.erp]\nsign_in = true\nchoose = [\"subject\"]", "3: \"subject\" is no way to choose."),
    (
      "[app.erp]\nsign_in = true\nmode = \"quiet\"",
      "3: mode takes one of \"normal\", \"hold\", \"sandbox\", \"redirect:"
    ),
    ("[app.erp]\nsign_in = true\nmode = \"redirect:test\"", "3: \"test\" is no mail address. Write mode = \"redirect:"),
    ("[app.erp]\nsign_in = true\ndedupe = \"30d\"", "3: dedupe = \"30d\" is out of range: it takes \"1s\" to \"7d\"."),
    ("[app.erp]\nsign_in = true\nstorm_guard = 0", "3: storm_guard = 0 is out of range"),
    ("[app.erp]\ncram_md5 = true\nmatch = [\"user:erp\"]", "2: cram_md5 = true needs sign_in = true as well."),
    ("[app.erp]\nsign_in = true\n[app.erp.limits]\nbeyond = \"drop\"", "4: beyond takes one of \"defer\", \"hold\""),
    ("[app.erp]\nsign_in = true\nmessages_per_day = 5", "3: There is no key \"messages_per_day\" here."),
    ("[access]\nunknown = \"drop\"", "2: unknown takes one of \"allow\", \"hold\", \"refuse\"."),
    ("[entity.c]\nallow = []", "2: allow is empty, so nobody could send as this entity."),
    ("[entity.c]\nallow = [\"app:erp\"]", "2: There is no app \"erp\". Add [app.erp]."),
    ("[entity.c]\nallow = [\"mara\"]", "2: \"mara\" matches nobody."),
    ("[entity.c]\nallow = [\"listener:x\"]", "2: There is no [[listener]] with address = \"x\"."),
    ("[[listener]]\naddress = \"run/submit.sock\"", "2: \"run/submit.sock\" is no address to listen on."),
    ("[[listener]]\naddress = \"systemd:\"", "2: \"systemd:\" is no address to listen on."),
    (
      "[[listener]]\naddress = \"/run/s\"\nsecurity = \"tls\"",
      "3: A unix socket does not leave this host and takes no TLS."
    ),
    (
      "[[listener]]\naddress = \"/run/s\"\nproxy = [\"10.0.0.1\"]", "3: proxy names networks, and the clients of a unix"
    ),
    (
      "[[listener]]\naddress = \"/run/s\"\nallow = [\"10.0.0.1\"]", "3: allow names networks, and the clients of a unix"
    ),
    (
      "[[listener]]\naddress = \"127.0.0.1:1\"\nproxy = [\"0.0.0.0/0\"]",
      "3: \"0.0.0.0/0\" lets the whole Internet say for whom it connects."
    ),
  ])
  func `a mistake is named with its line and its remedy`(text: String, expected: String) {
    #expect(problems(text).contains { $0.hasPrefix(expected) }, "\(problems(text))")
  }

  @Test func `a match with a mistake is one mistake`() {
    #expect(problems("[app.erp]\nmatch = [\"unit:erp\"]").count == 1)
  }
}
