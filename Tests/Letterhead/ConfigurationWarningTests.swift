// What `letterhead check` warns of: it is right, and perhaps not meant.

import Access
import Foundation
import Support
import Testing

@testable import Letterhead

private let listener = "[[listener]]\naddress = \"127.0.0.1:2525\"\n"
private let entity = "[entity.acme]\ndefault = true\n"
private let everywhere = open.replacing("192.0.2.7", with: "0.0.0.0")
private let open = "[[listener]]\naddress = \"192.0.2.7:25\"\nallow = [\"192.0.2.0/24\"]\n"

/// As `line: sentence`. This host has the users erp and root, and the group staff.
private func warnings(_ text: String, above drop: DropPath = DropPath(relay: 9)) throws -> [String] {
  let known: [AppPattern] = [.user("erp"), .user("root"), .group("staff")]
  let configuration = try Configuration.parse(text, file: "/etc/letterhead/letterhead.toml")
  return configuration.warnings(above: drop) { known.contains($0) }.map { "\($0.line): \($0.message)" }
}

@Suite struct `Warnings about a configuration` {
  @Test(arguments: [
    listener + entity,
    listener + entity + "[app.erp]\nmatch = [\"user:erp\", \"group:staff\", \"unit:erp.service\"]\nsign_in = true",
    everywhere + entity + "[app.erp]\nmatch = [\"user:erp\"]",
    // Other hosts are known without a password, or need none.
    everywhere + entity + "[app.erp]\nsign_in = true\n[app.scan]\nmatch = [\"net:192.0.2.17\"]",
    everywhere + entity + "[app.erp]\nsign_in = true\n[app.scan]\nmatch = [\"listener:0.0.0.0:25\"]",
    everywhere + "unknown = \"allow\"\n" + entity + "[app.erp]\nsign_in = true",
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
    (
      "[app.a]\nmatch = [\"user:nobody\"]",
      "6: user:nobody is shared by programs that have nothing to do with each other"
    ),
    ("[app.a]\nmatch = [\"user:65534\"]", "6: user:65534 is shared by"),
    ("[app.a]\nmatch = [\"group:nogroup\"]", "6: group:nogroup is shared by"),
    ("allow = [\"user:daemon\"]", "5: user:daemon is shared by"),
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

  @Test(arguments: [
    ("", 1), ("security = \"none\"\n", 4), ("require_sign_in = true\n", 1),
    // A name of a network does not help where everybody has to sign in.
    ("require_sign_in = true\n[app.scan]\nmatch = [\"net:192.0.2.17\"]\n", 1),
  ])
  func `an app on another host that cannot sign in for want of TLS is told`(more: String, line: Int) throws {
    let warnings = try warnings(everywhere + more + entity + "[app.a]\nsign_in = true")
    #expect(warnings.count == 1)
    #expect(warnings[0].hasPrefix("\(line): Apps on other hosts cannot sign in at 0.0.0.0:25:"), "\(warnings)")
  }

  @Test func `a listener of another address in clear is told beside one of this host`() throws {
    let warnings = try warnings(listener + open + entity + "[app.a]\nsign_in = true")
    #expect(warnings.map { $0.prefix(30) } == ["3: Apps on other hosts cannot "], "\(warnings)")
  }

  // MARK: The drop folder

  private static let spool = DropPath.Folder("/var/spool", owner: 0, mode: 0o755)

  @Test(
    arguments: [
      ([spool, .init("/var/spool/letterhead", owner: 9, mode: 0o755)], nil),
      // Only the owner of what lies in such a folder can move it.
      ([.init("/tmp", owner: 0, mode: 0o1777), .init("/tmp/lh", owner: 9, mode: 0o700)], nil),
      ([], nil),
      ([spool, .init("/var/spool/my lh", owner: 9, mode: 0o757)], "everybody. Run: chmod go-w '/var/spool/my lh'"),
      ([.init("/srv", owner: 0, mode: 0o775), spool], "its group. Run: chmod go-w /srv"),
      ([spool, .init("/home/eve", owner: 1004, mode: 0o755)], "/home/eve belongs to user 1004."),
    ] as [([DropPath.Folder], String?)])
  func `who may put another folder in the place of the drop folder is told`(
    folders: [DropPath.Folder], danger: String?
  ) throws {
    let text = "drop_dir = \"/x/drop\"\n" + listener + entity
    let warnings = try warnings(text, above: DropPath(folders, relay: 9))
    #expect(warnings.isEmpty == (danger == nil))
    if let danger {
      #expect(warnings[0].hasPrefix("1: Others may put another folder in the place of /x/drop"), "\(warnings)")
      #expect(warnings[0].contains(danger), "\(warnings)")
    }
  }

  @Test func `the folders above the drop folder are found, where links lead as well`() throws {
    let home = try TemporaryDirectory()
    let (real, link) = ("\(home.path)/real", "\(home.path)/link")
    try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
    #expect(chmod(real, 0o777) == 0)
    let text = "state_dir = \"\(real)\"\ndrop_dir = \"\(link)/drop\"\n" + listener + entity
    let configuration = try Configuration.parse(text, file: "/etc/letterhead/letterhead.toml")
    let drop = DropPath(looking: configuration)
    #expect(drop.folders.first?.path == "/" && drop.relay == geteuid())
    #expect(drop.folders.map(\.path).contains(link) && drop.folders.map(\.path).contains(real))
    #expect(drop.danger?.contains("chmod go-w \(link)") == true, "\(drop)")
  }

  @Test func `a warning about a file of conf_d has its name and line`() throws {
    let configuration = try Configuration.parse([
      ConfigurationText(file: "/etc/lh/letterhead.toml", text: listener + entity),
      ConfigurationText(file: "/etc/lh/conf.d/10.toml", text: "\n[app.a]\nmatch = [\"user:nobody\"]\n"),
    ])
    let warning = try #require(configuration.warnings(above: DropPath(relay: 9)) { _ in true }.first)
    #expect(warning.file == "/etc/lh/conf.d/10.toml" && warning.line == 3)
  }
}
