// What the pages of docs/ and the table of providers promise, against the program itself.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The docs` {
    private static let folder = "\(Checkout.path)/docs"

    /// Else run `make docs`.
    @Test func `say what the program says`() async throws {
      let directory = try TemporaryDirectory()
      try await run("cp", ["-r", Self.folder, directory.path("docs")]).wentWell()
      try await run("\(Checkout.path)/scripts/make-docs", [Relay.binary, directory.path("docs")]).wentWell()
      try await run("diff", ["-r", Self.folder, directory.path("docs")]).wentWell()
    }

    @Test(arguments: ["microsoft-365.md", "google.md", "any-provider.md", "graph.md"])
    func `hold configurations that pass letterhead check`(page: String) async throws {
      let text = try String(contentsOfFile: "\(Self.folder)/\(page)", encoding: .utf8)
      for section in text.components(separatedBy: "```toml\n").dropFirst() {
        let toml = section.components(separatedBy: "```")[0]
        let hasEntity = toml.contains("[entity.acme")
        let relay = try Relay(
          entities: (hasEntity ? "" : "[entity.acme]\n")
            + toml.replacing("[entity.acme.limits]", with: "[entity.acme]\n[entity.acme.limits]"))
        try await relay.letterhead("check").wentWell()
      }
    }

    /// Each block for itself, beside what the others have named.
    @Test func `hold rules for apps that pass letterhead check`() async throws {
      let text = try String(contentsOfFile: "\(Self.folder)/apps.md", encoding: .utf8)
      let blocks = text.components(separatedBy: "```toml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
      #expect(blocks.count > 10)
      for block in blocks {
        let others = ["[entity.acme]", "[entity.brandb]", "[app.erp]\nsign_in = true"].filter {
          !block.contains($0.prefix { $0 != "\n" })
        }
        let relay = try Relay(entities: ([block] + others).joined(separator: "\n"))
        let tls = relay.directory.path("tls")
        let key = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
        try await run("openssl", key + ["-keyout", "\(tls).key", "-out", "\(tls).pem"]).wentWell()
        let configuration = try String(contentsOfFile: relay.configuration, encoding: .utf8)
        try relay.directory.write(
          configuration.replacing("/etc/letterhead/tls/relay", with: tls), to: "letterhead.toml")
        try await relay.letterhead("check").wentWell()
      }
    }

    /// Where a page of its own has all there is to say, `providers.md` has nothing.
    @Test func `say of every provider what to create where`() async throws {
      let relay = try Relay()
      let page = try String(contentsOfFile: "\(Self.folder)/providers.md", encoding: .utf8)
      let json = try await relay.letterhead("providers", "--json").wentWell().output
      let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
      let known = Set(rows.compactMap { $0["name"] as? String })
      let named = Set(page.matches(of: #/--provider ([a-z-]+)/#).map { String($0.output.1) })
      let elsewhere: Set = [
        "microsoft", "microsoft-us", "microsoft-cn", "outlook", "google", "google-relay", "sandbox",
      ]
      #expect(named.subtracting(known).isEmpty && known.subtracting(elsewhere).subtracting(named).isEmpty)
      for command in page.matches(of: #/(?m)^letterhead connect acme (.*)$/#) {
        let words = command.output.1.split(separator: " ").filter { $0 != "-" }.map(String.init) + ["--explain"]
        let explained = try await run(
          Relay.binary,
          ["connect", "acme"] + words.filter { $0 != "--password-file" } + ["--config", relay.configuration])
        #expect(explained.status == 0, "\(explained)")
      }
    }

    @Test func `and the list of providers name them all, for people and for programs`() async throws {
      let relay = try Relay()
      let list = try await relay.letterhead("providers").wentWell().output
      let json = try await relay.letterhead("providers", "--json").wentWell().output
      let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
      #expect(rows.count == list.split(separator: "\n").count)
      for row in rows {
        let name = try #require(row["name"] as? String)
        #expect(list.contains("\(name) ") && row["host"] is String)
      }
      let one = try await relay.letterhead("providers", "microsoft").wentWell().output
      #expect(one.hasPrefix("[provider.microsoft]\n") && one.contains("host = \"smtp.office365.com\""))
      let unknown = try await relay.letterhead("providers", "nobody")
      #expect(unknown.status == 1 && unknown.errors.contains("There is no provider \"nobody\""))
    }

    // MARK: Links

    private func pages() throws -> [(path: String, text: String)] {
      let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".md") }
      let paths = names.map { "docs/\($0)" } + ["README.md", "CONTRIBUTING.md", "SECURITY.md", "Certs/README.md"]
      return try paths.map { ($0, try String(contentsOfFile: "\(Checkout.path)/\($0)", encoding: .utf8)) }
    }

    /// As a heading is named behind `#`.
    private func anchors(in text: String) -> Set<String> {
      let headings = text.split(separator: "\n").filter { $0.hasPrefix("#") }
      return Set(
        headings.map { heading in
          heading.drop { $0 == "#" || $0 == " " }.lowercased().filter {
            $0.isLetter || $0.isNumber || " -_".contains($0)
          }
          .replacing(" ", with: "-")
        })
    }

    @Test func `link to pages and headings that are there`() throws {
      let pages = try pages()
      let texts = Dictionary(uniqueKeysWithValues: pages.map { ($0.path, $0.text) })
      for (path, text) in pages {
        for link in text.matches(of: #/\]\(([^)\s]+)\)/#).map({ String($0.output.1) }) where !link.contains("://") {
          let parts = link.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
          let folder = (path as NSString).deletingLastPathComponent
          let target =
            parts[0].isEmpty
            ? path : ((folder as NSString).appendingPathComponent(parts[0]) as NSString).standardizingPath
          #expect(FileManager.default.fileExists(atPath: "\(Checkout.path)/\(target)"), "\(path): \(link)")
          guard parts.count == 2, let linked = texts[target] else { continue }
          #expect(anchors(in: linked).contains(parts[1]), "\(path): \(link)")
        }
      }
    }

    @Test func `are all in the list of pages, which README names`() throws {
      let pages = try pages()
      let index = try #require(pages.first { $0.path == "docs/index.md" }).text
      for path in pages.map(\.path) where path.hasPrefix("docs/") && path != "docs/index.md" {
        #expect(index.contains("](\(path.dropFirst("docs/".count)))"), "\(path)")
      }
      #expect(try #require(pages.first { $0.path == "README.md" }).text.contains("](docs/index.md)"))
    }

    @Test func `name every command that people are told of`() async throws {
      let help = try await run(Relay.binary, ["--help"]).wentWell().output
      let text = try pages().map(\.text).joined()
      for command in help.matches(of: #/(?m)^  ([a-z][a-z-]*) {2,}[A-Z]/#).map({ String($0.output.1) }) {
        #expect(text.contains("letterhead \(command)"), "\(command)")
      }
    }

    // MARK: Another program's place

    /// The files of the old programs: one of the tests of imports for each.
    private static let samples = [
      "postfix": "null-client", "sasl-xoauth2": "microsoft", "email-oauth2-proxy": "one-microsoft-mailbox",
      "msmtp": "debian-system-wide", "ssmtp": "gmail", "nullmailer": "password", "dma": "smarthost",
      "exim": "satellite",
      "smtp2graph": "secret",
    ]

    /// Puts a sample's files below `folder`. It has `$ import SYSTEM MAIN`, then `--- PATH` above each file.
    private func mainFile(of system: String, in folder: TemporaryDirectory) throws -> String {
      let name = "\(system)-\(try #require(Self.samples[system]))"
      let text = try String(contentsOfFile: "\(Checkout.path)/Tests/Corpus/import/\(name)", encoding: .utf8)
      let parts = text.components(separatedBy: "\n=== exit")[0].components(separatedBy: "\n--- ")
      for file in parts.dropFirst() {
        let path = file.prefix { !$0.isWhitespace }
        let body = file.drop { $0 != "\n" }.dropFirst().replacing("/etc/", with: "\(folder.path)/etc/")
        let place = URL(fileURLWithPath: folder.path + path)
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try "\(body)\n".write(to: place, atomically: true, encoding: .utf8)
      }
      return folder.path + parts[0].split(separator: " ")[3].prefix { !$0.isWhitespace }
    }

    /// Each import of the page, with a sample's main file, and into a file of this test. Nothing is connected.
    @Test func `switch from each program by commands that do as they say`() async throws {
      let page = try String(contentsOfFile: "\(Self.folder)/switch-from.md", encoding: .utf8)
      let sections = page.components(separatedBy: "\n## Switch from ").dropFirst()
      #expect(sections.count == 9)
      for section in sections {
        let folder = try TemporaryDirectory()
        let new = folder.path("letterhead.toml")
        // As the package brings it: comments, and nothing else.
        try FileManager.default.copyItem(atPath: "\(Checkout.path)/debian/letterhead.toml", toPath: new)
        let blocks = section.components(separatedBy: "```sh\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        let commands = blocks.joined().replacing("\\\n", with: " ").split(separator: "\n")
          .filter { $0.hasPrefix("letterhead import") }
        #expect(!commands.isEmpty, "\(section.prefix(20))")
        for command in commands {
          var words = command.split(separator: " ").dropFirst().map(String.init)
          let main = try mainFile(of: words[1], in: folder)
          words.insert(main, at: 2)
          if words.count > 3, words[3].hasPrefix("/") { words.remove(at: 3) }
          words = words.map { $0 == "/etc/letterhead/letterhead.toml" ? new : $0 }.filter { $0 != "--with-secrets" }
          let imported = try await run(Relay.binary, words)
          #expect(imported.status < 2 && imported.output.contains("Written to \(new)"), "\(imported)")
          try await run(Relay.binary, ["check", "--config", new]).wentWell()
        }
      }
    }
  }
}
