// What `letterhead check` warns of: it is right, and perhaps not meant.

import Access
import Letterhead
import Testing

private let listener = "[[listener]]\naddress = \"127.0.0.1:2525\"\n"
private let entity = "[entity.acme]\ndefault = true\n"
private let open = "[[listener]]\naddress = \"192.0.2.7:25\"\nallow = [\"192.0.2.0/24\"]\n"

/// As `line: sentence`. This host has the users erp and root, and the group staff.
private func warnings(_ text: String) throws -> [String] {
  let known: [AppPattern] = [.user("erp"), .user("root"), .group("staff")]
  let configuration = try Configuration.parse(text, file: "/etc/letterhead/letterhead.toml")
  return configuration.warnings { known.contains($0) }.map { "\($0.line): \($0.message)" }
}

@Suite struct `Warnings about a configuration` {
  @Test(arguments: [
    listener + entity,
    listener + entity + "[app.erp]\nmatch = [\"user:erp\", \"group:staff\", \"unit:erp.service\"]\nsign_in = true",
    open.replacing("192.0.2.7", with: "0.0.0.0") + entity + "[app.erp]\nsign_in = true",
    "[[listener]]\naddress = \"/run/s\"\nrequire_sign_in = true\n" + entity + "[app.erp]\nsign_in = true",
    // Clients that are no app may still send as it.
    listener + entity + "[entity.b]\n[app.erp]\nmatch = [\"user:erp\"]\nentities = [\"acme\"]",
    listener + entity + "allow = [\"user:erp\"]\n[access]\nunknown = \"refuse\"",
    // Twice in one app.
    listener + entity + "[app.erp]\nmatch = [\"user:erp\", \"user:erp\"]",
  ])
  func `there are none where all is as it should be`(text: String) throws {
    #expect(try warnings(text) == [])
  }

  @Test(arguments: [
    (
      "[app.a]\nmatch = [\"user:root\"]",
      "6: user:root is also docker-proxy and whatever else forwards connections as root"
    ),
    ("[app.a]\nmatch = [\"user:0\"]", "6: user:0 is also docker-proxy"),
    ("[app.a]\nmatch = [\"user:nobody-here\"]", "6: This host has no user for user:nobody-here."),
    ("[app.a]\nmatch = [\"group:staf\"]", "6: This host has no group for group:staf."),
    ("allow = [\"user:root\"]", "5: user:root is also docker-proxy"),
    (
      "[app.a]\nmatch = [\"user:erp\"]\n[app.b]\nmatch = [\"unit:b.service\", \"user:erp\"]",
      "8: [app.a] has user:erp as well and stands first, so b never matches by it."
    ),
    (
      "[app.a]\nsign_in = true\nentities = [\"acme\"]\n[access]\nunknown = \"refuse\"\n[entity.b]\nname = \"B\"",
      "10: Nobody may send as b: no app has it among its entities, and unknown clients are refused."
    ),
    (
      "[app.a]\nsign_in = true\nentities = [\"acme\"]\n[entity.b]\nallow = [\"app:a\"]",
      "9: Nobody may send as b: the apps that allow names do not have it among their entities."
    ),
  ])
  func `one has its line and says what is better`(text: String, expected: String) throws {
    let warnings = try warnings(listener + entity + text)
    #expect(warnings.count == 1 && warnings[0].hasPrefix(expected), "\(warnings)")
  }

  @Test(arguments: [
    (entity + "[app.a]\nsign_in = true", "7: No listener takes a password of a: beyond this host that needs TLS."),
    (
      "require_sign_in = true\n" + entity + "[app.a]\nmatch = [\"user:erp\"]",
      "4: Nobody can sign in at 192.0.2.7:25: beyond this host that needs TLS."
    ),
  ])
  func `a password that no listener takes is told`(text: String, expected: String) throws {
    let warnings = try warnings(open + text)
    #expect(warnings.contains { $0.hasPrefix(expected) }, "\(warnings)")
  }

  @Test func `a listener where one must sign in, and nobody can, is told`() throws {
    let warnings = try warnings(listener + "require_sign_in = true\n" + entity)
    #expect(warnings.map { $0.prefix(34) } == ["3: No app here signs in, so nobody"], "\(warnings)")
  }
}
