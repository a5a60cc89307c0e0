// The grammars of the old files, where they surprise.

import Mailboxes
import SMTP
import Testing

@testable import Import

private func file(_ text: String, as format: StatementFormat) -> ForeignFile {
  ForeignFile(path: "/f", octets: Array(text.utf8), as: format)
}

struct `Postfix's main.cf` {
  @Test(
    arguments: [
      ("a = 1\na = 2", "2"), ("a = 1\n  2\n# remark\n\n\t3\nb = 4", "1 2 3"), ("b = x\na = $b.y", "x.y"),
      ("b = x\na = ${b}y$(b)", "xyx"), ("b = x\na = ${b?yes}${c?no}", "yes"), ("b = x\na = ${b:no}${c:yes}", "yes"),
      ("a = $$b", "$b"), ("a = $nobody", ""), ("a=1 # no remark", "1 # no remark"), (" a = 1", "1"),
      ("b = $c\nc = $b\na = $b", ""),
    ])
  func `says`(text: String, value: String) {
    #expect(MainCF(file(text, as: .continued)).value("a")?.value == value)
  }

  @Test func `has tables between commas and blanks, and braces hold them together`() {
    let maps = MainCF(file("a = hash:/x, inline:{ {k = v, w} }\n  static:y", as: .continued)).maps("a").map(\.value)
    #expect(maps == ["hash:/x", "inline:{ {k = v, w} }", "static:y"])
  }

  @Test func `ends, however often its settings name each other`() {
    let many = String(repeating: "$a", count: 1000)
    #expect(MainCF(file("a = \(many)\n", as: .continued)).value("a")?.value == "")
  }
}

struct `The proxy's configuration` {
  @Test(
    arguments: [
      ("[s]\na = 1\n  2\n# remark\n  3", "1 2 3"), ("[s]\nA: 1", "1"), ("[s]\na = x=y:z", "x=y:z"),
      ("[s]\n; remark\na = 1 ; no remark", "1 ; no remark"), ("[s]\na =\n  1", "1"),
      ("x = 0\n[s]\na = 1\n[t]\na = 2", "1"),
    ])
  func `says`(text: String, value: String) {
    #expect(INIFile(file(text, as: .sections)).sections.first?["a"]?.value == value)
  }
}

struct `The YAML that is read` {
  private func read(_ text: String) -> YAMLSubset {
    var reader = YAMLSubsetReader(file(text, as: .blocks))
    return reader.read()
  }

  @Test(
    arguments: [
      ("a: x", ["x"]), ("a: 'x # y'", ["x # y"]), ("a: x # y", ["x"]), ("a: [x, \"y\"]", ["x", "y"]),
      ("a:\n  - x\n  - y", ["x", "y"]), ("a:\n- x\n- y\nb: z", ["x", "y"]), ("a: ::1", ["::1"]), ("a: ~", []),
      ("a: &b x", []), ("a: |\n  x\n  y", []),
    ])
  func `has scalars and lists`(text: String, values: [String]) {
    #expect(read(text)["a"]?.texts.map(\.value) ?? [] == values)
  }

  @Test func `has mappings in lists`() {
    let users = read("u:\n  - name: x\n    from:\n      - a@b\n  - name: y\nz: 1")["u"]?.items ?? []
    #expect(users.map { $0["name"]?.text?.value } == ["x", "y"])
    #expect(users.first?["from"]?.texts.map(\.value) == ["a@b"])
  }

  @Test(arguments: ["a:\n", "- a:\n", "- b: c\n"])
  func `is read to a depth that nobody writes, and no further`(level: String) {
    let text = (0..<600).map { String(repeating: " ", count: $0 * 2) + level }.joined()
    var reader = YAMLSubsetReader(file(text, as: .blocks))
    _ = reader.read()
    #expect(reader.refused.last?.line == 600)
  }

  @Test func `names the lines that stand further left than the first`() {
    var reader = YAMLSubsetReader(file("  a: 1\nb: 2\n", as: .blocks))
    _ = reader.read()
    #expect(reader.refused.map(\.line) == [2])
  }

  @Test func `names the lines that it cannot read`() {
    var reader = YAMLSubsetReader(file("a: &x\n  b: 1\n<<: *x\nc: {d: 1}\n", as: .blocks))
    _ = reader.read()
    #expect(reader.refused.map(\.line).contains(3))
  }
}

struct `The name of an entity` {
  private func names(_ addresses: [String?], given: [(String, String)] = []) -> [String] {
    var plan = MigrationPlan(.postfix)
    let source = SourceLine(file: "/f", line: 1)
    plan.entities = addresses.map { text in
      PlannedEntity(
        server: Sourced(.init(host: "h", port: 465, security: .tls), source), signIn: .none,
        address: text.flatMap { Address($0) }.map { Sourced($0, source) })
    }
    plan.name(by: given.compactMap { name, text in Address(text).map { (name, $0) } })
    return plan.entities.map(\.key)
  }

  @Test(
    arguments: [
      (["a@acme.example"], ["acme"]), (["a@acme.example", "b@acme.example"], ["acme", "acme-b"]),
      (["a@acme.example", "a@acme.other", "a@acme.third"], ["acme", "acme-a", "acme-2"]),
      // Everybody has a mailbox there.
      (["acme.shop@gmail.com"], ["acme-shop"]), ([nil, nil], ["main", "main-2"]), (["a@ÄÖ.example"], ["main"]),
    ] as [([String?], [String])])
  func `comes of its address`(addresses: [String?], names: [String]) {
    #expect(self.names(addresses) == names)
  }

  @Test func `is the given one for its address, and gives an address to who has none`() {
    #expect(names(["a@acme.example", nil], given: [("x", "A@acme.example"), ("y", "b@c.example")]) == ["x", "y"])
  }
}

struct `The services of master.cf` {
  private func findings(_ services: String) -> [String] {
    let texts = [
      "/main.cf": "relayhost = [smtp.a.example]:465\nmydestination =\ninet_interfaces = ::1\n", "/master.cf": services,
    ]
    let files = ForeignFiles { path in texts[path].map { .octets(Array($0.utf8), mode: 0o644) } ?? .missing }
    let report = ForeignImport.report(on: .postfix, at: "/main.cf", files: files) { _, _ in true }
    return report.plan.findings.filter { $0.source?.file == "/master.cf" }.map {
      "\($0.kind.rawValue) \($0.places.dropFirst(11)) \($0.sentence)"
    }
  }

  @Test(
    arguments: [
      (
        "587 inet n - y - - smtpd\n  -o smtpd_sasl_auth_enable=yes -o syslog_name=x",
        "left_out 1 The service: the -o settings of a service (smtpd_sasl_auth_enable) are not carried; its port is."
      ),
      (
        "pickup unix n - y 60 1 pickup\nrelay unix - - y - - smtp\n  -o syslog_name=postfix/$service_name",
        "carried 1, 2 Nothing needs to take the place of these services: pickup, relay."
      ),
      (
        "slow unix - - y - 1 smtp -o smtp_bind_address=192.0.2.1",
        "left_out 1 slow: the -o settings of a service (smtp_bind_address) are not carried."
      ),
      ("filter unix - n n - - pipe user=x argv=/y", "left_out 1 Without a counterpart: filter."),
      (
        "uucp unix - n n - - pipe user=uucp argv=uux",
        "carried 1 Nothing needs to take the place of these services: uucp."
      ),
      ("hunter2", "left_out 1 Not understood, and not shown, for it may be a secret."),
      ("dict inet n - y - - smtpd", "left_out 1 dict: it listens on no port that can be taken over."),
    ])
  func `are told`(services: String, finding: String) {
    #expect(findings(services).contains(finding), "\(findings(services))")
  }
}
