import Foundation
import Letterhead
import Mailboxes
import Message
import SMTP
import Submission
import Support
import Testing

private let good = """
  [[listener]]
  address = "127.0.0.1:2525"

  [entity.acme]
  name = "Acme S.p.A."
  default = true
  senders = ["*@acme.example", "erp@localhost"]
  notify = ["it@acme.example"]
  """

/// The problems of `text`, as `line: message`.
private func problems(_ text: String, openingFiles: Bool = false) -> [String] {
  do {
    _ = try Configuration.parse(text, file: "/etc/letterhead/letterhead.toml", openingFiles: openingFiles)
    return []
  } catch {
    return error.all.map { "\($0.line): \($0.message)" }
  }
}

@Suite struct ConfigurationTests {
  @Test func `a small file is enough, the rest has defaults`() throws {
    let configuration = try Configuration.parse(good, file: "/etc/letterhead/letterhead.toml")
    #expect(configuration.stateDirectory == "/var/lib/letterhead")
    #expect(configuration.statusFile == "/run/letterhead/status.json")
    #expect(configuration.limits == Configuration.LimitSettings())
    #expect(configuration.limits.submission.maxMessageOctets == 52_428_800)
    #expect(configuration.entities.map(\.key) == ["acme"])
    #expect(configuration.entities[0].notify.map(\.text) == ["it@acme.example"])
  }

  @Test func `a file with lines ended by CRLF has its mistakes on the same lines`() {
    let text = good + "\n[limits]\nmax_recipients = 7\n"
    let crlf = text.replacing("\n", with: "\r\n")
    #expect(problems(crlf) == problems(text))
    #expect(problems(crlf).first?.hasPrefix("10: ") == true, "\(problems(crlf))")
  }

  @Test func `every key of the contract is understood`() throws {
    let text = """
      state_dir = "state"
      status_file = "/run/letterhead/status.json"
      hostname = "relay.acme.example"
      [[listener]]
      address = "[::1]:2525"
      security = "none"
      entity = "zebra"
      [entity.zebra]
      name = "Zebra"
      display_name = "entity"
      reply_to = "none"
      senders = ["<>", "root"]
      local_recipients = "it@acme.example"
      [entity.acme]
      local_recipients = ["a@acme.example", "b@acme.example"]
      [network]
      proxy = "http://proxy.acme.example:3128"
      [limits]
      max_message_bytes = 1048576
      max_recipients = 200
      max_connections = 10
      queue_max_age = "2d"
      queue_min_free = "1G"
      """
    let configuration = try Configuration.parse(text, file: "/srv/relay/letterhead.toml")
    #expect(configuration.stateDirectory == "/srv/relay/state")  // relative to the file's folder
    #expect(configuration.listeners[0].entity == "zebra")
    #expect(configuration.entities.map(\.key) == ["zebra", "acme"])  // the file's order decides routes
    #expect(configuration.entities[0].displayName == .entity)
    #expect(configuration.entities.map { $0.localRecipients?.count } == [1, 2])
    #expect(configuration.entities[0].senders.map(\.text) == ["<>", "root"])
    #expect(configuration.network.proxy == "http://proxy.acme.example:3128")
    #expect(configuration.limits.queueMaxAge == .seconds(2 * 86_400))
    #expect(configuration.limits.queueMinFree == 1 << 30)
  }

  @Test(arguments: [
    ("colour = \"red\"\n" + good, "1: There is no key \"colour\" here."),
    ("[network]\nproxy = \"proxy:3128\"\n" + good, "2: \"proxy:3128\" is no proxy."),
    (good + "\nsender = [\"x@y\"]", "9: There is no key \"sender\" here. Did you mean senders?"),
    (good + "\nstate_dir = \"/srv\"", "9: There is no key \"state_dir\" here. It belongs above the first table."),
    (good + "\nmax_recipients = 200", "9: There is no key \"max_recipients\" here. It belongs below [limits]."),
    (
      good + "\ncertificate = \"a.pem\"",
      "9: There is no key \"certificate\" here. It belongs below [[listener]] or below [oauth.microsoft]."
    ),
    ("state_dir = 7\n" + good, "1: state_dir takes text in quotes."),
    (good + "\ndisplay_name = \"loud\"", "9: display_name takes one of \"keep\", \"entity\", \"mailbox\"."),
    (good + "\n[limits]\nmax_connections = 0", "10: max_connections = 0 is out of range: it takes 1 to 100000."),
    (good + "\n[limits]\nqueue_max_age = \"soon\"", "10: queue_max_age takes a time as"),
    (good + "\n[limits]\nqueue_min_free = \"-1\"", "10: queue_min_free takes a size as"),
    (good.replacing("127.0.0.1:2525", with: "localhost"), "2: \"localhost\" is no address to listen on."),
    (good.replacing("127.0.0.1:2525", with: "0.0.0.0:25"), "2: 0.0.0.0:25 can be reached from other hosts"),
    (good.replacing("*@acme.example", with: "a b@"), "7: \"a b@\" is no sender pattern."),
    (good.replacing("it@acme.example", with: "it"), "8: \"it\" is no mail address."),
    (good + "\nlocal_recipients = \"root\"", "9: \"root\" is no mail address."),
    (good + "\nlocal_recipients = 1", "9: local_recipients takes an address or a list of them."),
    (good + "\n[entity.beta]\ndefault = true", "10: Only one entity can be the default, and \"acme\" is it already."),
    (good + "\n[entity.Beta]", "9: An entity's name is written in small letters"),
    ("[[listener]]\naddress = \"127.0.0.1:25\"\nentity = \"x\"\n" + good, "3: There is no entity \"x\"."),
    (
      "[[listener]]\naddress = \"127.0.0.1:25\"\nsecurity = \"tls\"\n" + good, "3: security = \"tls\" needs certificate"
    ),
    ("[entity.acme]\n", "1: Nothing to listen on."),
    ("[[listener]]\naddress = \"127.0.0.1:25\"", "1: Nobody to send as."),
    ("hostname = \"a b\"\n" + good, "1: \"a b\" is no host name."),
    (
      good.replacing("\"Acme S.p.A.\"", with: "Acme"),
      "5: Error while parsing value: could not determine value type. Text"
    ),
    (
      good + "\n[[listener]]\naddress = \"127.0.0.1:2525\"", "10: Another [[listener]] has the address 127.0.0.1:2525"
    ),
    (good + "\n= 3", "9: "),  // the TOML library's own words
  ])
  func `a mistake is named with its line`(text: String, expected: String) {
    #expect(problems(text).contains { $0.hasPrefix(expected) }, "\(problems(text))")
  }

  @Test(arguments: [
    ("", true), ("# only a remark", true), ("[entity.acme]", true), ("[[listener]]\naddress = \"127.0.0.1:25\"", true),
    ("hostname = \"a b\"", false), ("[entty.acme]", false), ("= 3", false),
  ])
  func `a file that only lacks its listener or entity is unfinished, and no mistake`(text: String, isUnfinished: Bool) {
    #expect(throws: ConfigurationProblems.self) { try Configuration.parse(text, file: "x.toml") }
    do throws(ConfigurationProblems) { _ = try Configuration.parse(text, file: "x.toml") } catch {
      #expect(error.isUnfinished == isUnfinished, "\(error)")
    }
  }

  @Test(arguments: [
    ("", true), ("[[listener]]\naddress = \"127.0.0.1:25\"", true), ("[entity.acme]", false), ("= 3", false),
  ])
  func `setup is named where it would write, which it does not beside an entity`(text: String, isNamed: Bool) {
    do throws(ConfigurationProblems) { _ = try Configuration.parse(text, file: "x.toml") } catch {
      #expect("\(error)".hasSuffix("run: letterhead setup") == isNamed, "\(error)")
      return
    }
    Issue.record("It is right.")
  }

  @Test func `all mistakes are named at once, in the file's order`() {
    let text = "a = 1\n" + good + "\nb = 2\n[limits]\nc = 3"
    #expect(problems(text).map { $0.prefix(3) } == ["1: ", "10:", "12:"])
  }

  @Test func `a file that is not there says how to name another`() {
    let error = #expect(throws: ConfigurationProblems.self) { try Configuration.read("/nonexistent/letterhead.toml") }
    #expect(error?.description.contains("--config") == true)
    #expect(error?.description.hasSuffix("letterhead setup") == true)
  }

  @Test func `a listener others can reach is right once it says whom it serves`() {
    let text = good.replacing(
      "127.0.0.1:2525\"", with: "0.0.0.0:2525\"\nallow = [\"192.168.1.0/24\", \"2001:db8::/32\"]")
    #expect(problems(text).isEmpty)
    #expect(problems(text.replacing("/24", with: "/33")).contains { $0.contains("is no network") })
    for everybody in ["0.0.0.0/0", "::/0", "0.0.0.0/1"] {
      let open = text.replacing("192.168.1.0/24", with: everybody)
      #expect(problems(open).contains { $0.contains("\"\(everybody)\" lets the whole Internet send.") })
    }
  }

  // MARK: The files that it names

  private func tls(_ certificate: String, _ key: String) -> String {
    good.replacing(
      "127.0.0.1:2525\"",
      with: "127.0.0.1:2525\"\nsecurity = \"tls\"\ncertificate = \"\(certificate)\"\nkey = \"\(key)\"")
  }

  @Test func `who may read the configuration needs none of the keys that it names`() {
    #expect(problems(tls("/nonexistent/relay.pem", "/nonexistent/relay.key")).isEmpty)
  }

  @Test func `the relay and letterhead check open the certificate with its key`() {
    let (good, other) = (TestCertificate.good, TestCertificate.wrongName)
    for (certificate, key, expected) in [
      (good.chainFile, good.keyFile, ""),
      ("/nonexistent/relay.pem", good.keyFile, "4: The file /nonexistent/relay.pem cannot"),
      (good.chainFile, "/nonexistent/relay.key", "5: The file /nonexistent/relay.key cannot"),
      (
        good.chainFile, other.keyFile,
        "4: The certificate and its key are not usable. OpenSSL says: \(other.keyFile): key"
      ),
      (good.keyFile, good.keyFile, "4: The certificate and its key are not usable."),
    ] {
      let problems = problems(tls(certificate, key), openingFiles: true)
      #expect(problems.count == (expected.isEmpty ? 0 : 1))
      #expect(problems.first?.hasPrefix(expected) != false, "\(problems)")
    }
  }

  @Test(arguments: [
    ("listener = [}", 1), ("a = 1\nlistener = [{}, # more\n}", 3), ("a = [\"]\", }", 1), ("a = { b = 1, }", 1),
    ("a = \"\"\"x\n[}\n\"\"\"\nb = [}", 4),
  ])
  func `a brace where a value is missing is a mistake with its line`(text: String, line: Int) {
    #expect(problems(text) == ["\(line): A } stands here where a value or a ] is missing before it."])
  }

  @Test(arguments: [
    "hostname = \"[}\"", "hostname = '[}'", "# [}", "hostname = \"\\\"[}\"", "hostname = \"\"\"\n,}\"\"\"",
  ])
  func `a brace in a string or a remark is none`(text: String) {
    #expect(!problems(text).contains { $0.contains("A } stands here") })
  }

  @Test(arguments: ["a.", "[a.", "x = { a.", "\"a\" . "])
  func `a name of very many parts is a problem of its line and ends nothing`(part: String) {
    let name = "\(part)\(String(repeating: "a . ", count: 50_000))b = 1"
    #expect(problems("\n\(name)") == ["2: A name has more parts here than any that Letterhead knows."])
  }

  @Test func `the dots of numbers, text and remarks are none of a name's`() {
    let text =
      "a = [\(String(repeating: "1.5, ", count: 100))]\nb = \"\(String(repeating: ".", count: 100))\"\n# "
      + String(repeating: ".", count: 100)
    #expect(!problems(text).contains { $0.contains("more parts") })
  }

  @Test(arguments: ["[", "[:1]", "  [[ \t", "[[[x]]]", "[\r", "[{}]"])
  func `a table without a name is a problem of its line and ends nothing`(header: String) throws {
    let text = "state_dir = \"/tmp\"\n\(header)\nx = 1\n"
    let problems = #expect(throws: ConfigurationProblems.self) { try Configuration.parse(text, file: "x.toml") }
    #expect(problems?.all.map(\.line) == [2])
  }
}
