// A configuration of several files: what `conf.d` beside the main file adds, and what two files may not both say.

import Access
import Foundation
import Mailboxes
import Submission
import Support
import Testing

@testable import Letterhead

private let main = """
  state_dir = "/srv/state"
  [[listener]]
  address = "127.0.0.1:2525"
  [entity.acme]
  default = true

  """

@Suite struct ConfigurationPartsTests {
  private func read(_ parts: [(String, String)], main text: String = main) throws -> Configuration {
    try Configuration.parse(
      [ConfigurationText(file: "/etc/lh/letterhead.toml", text: text)]
        + parts.map { ConfigurationText(file: "/etc/lh/conf.d/\($0)", text: $1) })
  }

  private func problems(_ parts: [(String, String)], main text: String = main) -> [String] {
    do {
      _ = try read(parts, main: text)
      return []
    } catch {
      return (error as? ConfigurationProblems)?.all.map(\.description) ?? ["\(error)"]
    }
  }

  @Test func `each file adds tables, and lists of tables go on`() throws {
    let configuration = try read([
      (
        "10-beta.toml",
        "[entity.beta]\nname = \"Beta\"\n[[listener]]\naddress = \"127.0.0.1:2526\"\nentity = \"beta\"\n"
      ),
      (
        "20-more.toml",
        "[limits]\nmax_recipients = 700\n[entity.acme.limits]\nmax_connections = 1\n[app.erp]\nmatch = [\"user:erp\"]\n"
      ),
      ("30-empty.toml", "# nothing\n"),
    ])
    #expect(configuration.entities.map(\.key) == ["acme", "beta"])
    #expect(configuration.listeners.map(\.address) == ["127.0.0.1:2525", "127.0.0.1:2526"])
    #expect(configuration.listeners.map(\.entity) == [nil, "beta"])
    #expect(configuration.limits.submission.maxRecipients == 700)
    #expect(configuration.entities[0].limits.maxConnections == 1)
    #expect(configuration.access.apps.map(\.name) == ["erp"])
    #expect(configuration.file == "/etc/lh/letterhead.toml" && configuration.stateDirectory == "/srv/state")
  }

  @Test(
    arguments: [
      // The same table, the same key, and the same key in two spellings.
      (
        [("a.toml", "\n[entity.acme]\nname = \"Acme\"\n")],
        [
          "/etc/lh/conf.d/a.toml:2: entity.acme stands in /etc/lh/letterhead.toml, line 4, already. Leave it in one of the two files."
        ]
      ),
      (
        [("a.toml", "[limits]\nmax_recipients = 700\n"), ("b.toml", "limits.max_recipients = 800\n")],
        [
          "/etc/lh/conf.d/b.toml:1: limits.max_recipients stands in /etc/lh/conf.d/a.toml, line 2, already. Leave it in one of the two files."
        ]
      ),
      // What is wrong is told with the file and line in which it stands.
      (
        [("a.toml", "[entity.beta]\nnmae = \"Beta\"\n"), ("b.toml", "[[listener]]\naddress = \"127.0.0.1:x\"\n")],
        [
          "/etc/lh/conf.d/a.toml:2: There is no key \"nmae\" here. Did you mean name?",
          "/etc/lh/conf.d/b.toml:2: \"127.0.0.1:x\" is no address to listen on. Write \"127.0.0.1:2525\", \"[::1]:2525\", the whole path of a unix socket, \"/run/letterhead/submit.sock\", or \"systemd:NAME\".",
        ]
      ),
      (
        [("a.toml", "hostname = \"relay.example\"\n")],
        [
          "/etc/lh/conf.d/a.toml:1: hostname stands above all tables. Write it into /etc/lh/letterhead.toml, or below the table that it belongs to."
        ]
      ),
      // A second listener on one address, of another file.
      (
        [("a.toml", "[[listener]]\naddress = \"127.0.0.1:2525\"\n")],
        ["/etc/lh/conf.d/a.toml:2: Another [[listener]] has the address 127.0.0.1:2525 already."]
      ),
    ] as [([(String, String)], [String])])
  func `what is wrong names its file and line`(parts: [(String, String)], sentences: [String]) {
    #expect(problems(parts) == sentences)
  }

  @Test func `mistakes of the grammar are told of every file`() {
    let found = problems([("a.toml", "[entity.beta\n"), ("b.toml", "[\n")])
    #expect(found.count == 2)
    #expect(
      found[0].hasPrefix("/etc/lh/conf.d/a.toml:1:") && found[1].hasPrefix("/etc/lh/conf.d/b.toml:1:"), "\(found)")
  }

  @Test func `the folder is read in the order of its names, and other files in it are not`() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(main, to: "letterhead.toml")
    #expect(try ConfigurationText.all(of: path).map(\.file) == [path])
    try FileManager.default.createDirectory(atPath: directory.path("conf.d"), withIntermediateDirectories: false)
    for name in ["b.toml", "10.toml", "9.toml", ".hidden.toml", "a.toml~", "readme"] {
      try directory.write("[entity.x\(name.utf8.reduce(0) { $0 + Int($1) })]\n", to: "conf.d/\(name)")
    }
    #expect(
      try ConfigurationText.all(of: path).map(\.file)
        == [path] + ["10.toml", "9.toml", "b.toml"].map { directory.path("conf.d/\($0)") })
    #expect(try Configuration.read(path).entities.count == 4)
    try directory.write([0xFF], to: "conf.d/c.toml")
    #expect(throws: ConfigurationProblems.self) { try Configuration.read(path) }
  }

  @Test(arguments: [("letterhead.toml", "conf.d"), ("/etc/lh/x.toml", "/etc/lh/conf.d"), ("../x.toml", "../conf.d")])
  func `the folder stands beside the file`(path: String, folder: String) {
    #expect(ConfigurationText.folder(beside: path) == folder)
  }
}
