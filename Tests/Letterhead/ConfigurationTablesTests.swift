// The declarations of the keys, and what is made from them.

import Foundation
import Letterhead
import Mailboxes
import Submission
import Support
import Testing

/// One key in its table, for a test's name.
private struct Declared: Sendable, CustomStringConvertible {
  let table: TableDescription
  let key: KeyDescription
  var description: String { "\(table.header ?? "") \(key.name)" }

  static let all = ConfigurationTables.descriptions.flatMap { table in
    table.keys.map { Declared(table: table, key: $0) }
  }
}

private let base = """
  [[listener]]
  address = "127.0.0.1:2525"
  [entity.acme]

  """

private func configuration(_ text: String) throws -> Configuration {
  try Configuration.parse(text + base, file: "/etc/letterhead/letterhead.toml")
}

@Suite struct `The declarations of the configuration's keys` {
  @Test(arguments: Declared.all)
  private func `each key has a sentence and an example that it takes`(declared: Declared) throws {
    #expect(declared.key.sentence.hasSuffix("."))
    let example = try #require(declared.key.example)
    let header = declared.table.header.map { $0 + "\n" } ?? ""
    let text = "\(header)\(declared.key.name) = \(example.toml)\n"
    do {
      _ = try Configuration.parse(text, file: "x.toml")
    } catch {
      let line = header.isEmpty ? 1 : 2
      let problems = error.all.filter { $0.line == line && !$0.message.contains("Nothing to listen on") }
      // What is missing beside it is no fault of the example.
      #expect(
        problems.allSatisfy {
          $0.message.contains("cannot be read") || $0.message.contains("as well")
            || $0.message.contains("There is no entity") || $0.message.contains("There is no app")
            || $0.message.contains("Nobody to send as")
        }, "\(problems)")
    }
  }

  @Test func `no table has a key twice`() {
    for table in ConfigurationTables.descriptions { #expect(Set(table.keys.map(\.name)).count == table.keys.count) }
  }

  @Test func `only keys above all tables and in tables that there is one of need a restart`() {
    let needing = Declared.all.filter { $0.key.effect == .restart }
    #expect(needing.allSatisfy { [nil, "[network]", "[admin]", "[alert]", "[limits]"].contains($0.table.header) })
  }

  @Test func `the example file of the tree is what the declarations make`() throws {
    let file = try String(contentsOfFile: "\(Checkout.path)/Examples/letterhead.toml", encoding: .utf8)
    #expect(file == ConfigurationExample.text, "run: make docs")
  }

  @Test func `the example file is a configuration, and what it leaves as a comment is the default`() throws {
    let example = try Configuration.parse(ConfigurationExample.text, file: "/etc/letterhead/letterhead.toml")
    #expect(example.limits == Configuration.LimitSettings() && example.admin == Configuration.Admin())
    #expect(example.listeners.map(\.address) == ["127.0.0.1:25"])
    #expect(example.entities.map(\.name) == ["Acme S.p.A."] && example.entities[0].isDefault)
  }

  @Test(
    arguments: [
      ("", "", []), ("state_dir = \"/a\"\n", "state_dir = \"/a\"\n", []),
      ("state_dir = \"/a\"\n", "state_dir = \"/b\"\n", ["state_dir"]),
      ("", "status_file = \"/b\"\n[limits]\nqueue_max_age = \"1d\"\n", ["status_file", "queue_max_age"]),
      // The default, said and unsaid.
      ("", "[limits]\nqueue_max_age = \"120h\"\nqueue_min_free = \"1G\"\nmax_connections = 7\n", []),
      ("", "hostname = \"relay.acme.example\"\n[admin]\nusers = [\"mara\"]\n", ["hostname"]),
    ] as [(String, String, [String])])
  func `a reload names exactly the changed keys that need a restart`(old: String, new: String, keys: [String]) throws {
    #expect(ConfigurationTables.restartKeys(from: try configuration(old), to: try configuration(new)) == keys)
  }
}
