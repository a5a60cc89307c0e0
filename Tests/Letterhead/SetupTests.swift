// `letterhead setup` without its terminal: which question comes next, what an answer is taken for, and what is written.

import Foundation
import Mailboxes
import Platform
import SMTP
import Support
import Testing

@testable import Letterhead

private let host = SetupDialogue.Host(providers: .builtIn, listener: "127.0.0.1:25")

/// Answers each question in turn, and gathers what was asked and what was not taken.
private struct Conversation {
  private(set) var lines: [String] = []
  private(set) var complaints: [String] = []
  private(set) var choices: SetupChoices?

  init(
    _ answers: [String], on host: SetupDialogue.Host = host, told: [(SetupTopic, String)] = [], owner: String? = nil
  ) {
    var dialogue = SetupDialogue(on: host)
    for (topic, text) in told { complaints += [dialogue.set(topic, text)].compactMap(\.self) }
    var rest = answers[...]
    while choices == nil {
      switch dialogue.step {
      case .finished(let found): choices = found
      case .find: dialogue.note(provider: owner.flatMap(Providers.builtIn.named))
      case .ask(let question):
        lines.append(question.line)
        guard let answer = rest.popFirst() else { return }
        complaints += [dialogue.answer(answer)].compactMap(\.self)
      }
    }
  }
}

@Suite struct SetupTests {
  @Test func `asks one thing after the other, with a usual answer in brackets`() throws {
    let conversation = Conversation(
      ["Acme S.p.A.", "", " office@acme.example ", "smtp.acme.example:587", "", "it@acme.example"])
    #expect(
      conversation.lines == [
        "Its name, as people read it:", "Short name [acme]:", "The mailbox's address:", "Provider or server:",
        "Address to listen on [127.0.0.1:25]:", "Who is told [office@acme.example]:",
      ])
    #expect(conversation.complaints.isEmpty)
    let choices = try #require(conversation.choices)
    #expect(
      choices.toml == """
        [[listener]]
        address = "127.0.0.1:25"

        [entity.acme]
        name = "Acme S.p.A."
        default = true
        notify = ["it@acme.example"]

        """)
    #expect(choices.connectWords == ["acme", "--smtp", "smtp.acme.example:587", "--address", "office@acme.example"])
  }

  @Test func `a domain that tells its provider makes it the usual answer, and its app is asked for`() throws {
    let conversation = Conversation(["Acme", "", "it@acme.example", "", "1234-abcd", "", ""], owner: "microsoft")
    #expect(conversation.lines.contains("Provider or server [microsoft]:"))
    #expect(conversation.lines.contains("Client id [none yet]:"))
    let choices = try #require(conversation.choices)
    #expect(choices.toml.hasSuffix("[oauth.microsoft]\nclient_id = \"1234-abcd\"\n") && choices.notify.isEmpty)
    #expect(choices.connectWords == ["acme", "--provider", "microsoft", "--address", "it@acme.example"])
    let none = Conversation(["Acme", "", "it@acme.example", "", "", "", ""], owner: "microsoft")
    #expect(try #require(none.choices).clientID == nil && none.choices?.usesPassword == false)
    let password = Conversation(["Acme", "", "me@gmail.com", "", "password", "", ""], owner: "google")
    #expect(try #require(password.choices).usesPassword && password.choices?.clientID == nil)
  }

  @Test func `a provider with regions, or with user names of its own, is asked for them`() throws {
    let conversation = Conversation(["Acme", "", "a@acme.example", "ses", "mars-1", "eu-west-1", "AKIA1", "", ""])
    #expect(conversation.complaints.count == 1 && conversation.complaints[0].contains("\"mars-1\" is no region"))
    #expect(
      try #require(conversation.choices).connectWords
        == [
          "acme", "--provider", "ses", "--region", "eu-west-1", "--username", "AKIA1", "--address", "a@acme.example",
        ])
  }

  @Test(
    arguments: [
      (.name, "", "Write the name"), (.name, "a\u{1B}[1m", "Write the name"), (.entity, "Acme", "cannot be used"),
      (.entity, "a b", "cannot be used"), (.address, "office", "Write it whole"), (.address, "", "Write it whole"),
      (.address, "a@b@", "Write it whole"), (.server, "smtp", "Write the server itself"),
      (.server, "microsaft", "is no provider"), (.server, "mail.acme.example:99999", "is no provider"),
      (.server, "", "is no provider"), (.listener, "25", "no address to listen on"),
      (.listener, "0.0.0.0:25", "can be reached from other hosts. Begin with 127.0.0.1:25"),
      (.listener, "/run/x.sock", "no address to listen on"), (.listener, "127.0.0.1:0", "no address to listen on"),
      (.notify, "it", "is no mail address"), (.notify, "it@acme.example, me", "is no mail address"),
      (.clientID, "a b", "no blanks"),
    ] as [(SetupTopic, String, String)])
  func `an answer that cannot be meant is asked for again, with a sentence`(
    topic: SetupTopic, text: String, words: String
  ) {
    var dialogue = SetupDialogue(on: host)
    #expect(dialogue.set(topic, text)?.contains(words) == true)
    #expect(dialogue == SetupDialogue(on: host), "a wrong answer has left something behind")
  }

  @Test(
    arguments: [
      (.entity, "beta-2"), (.address, "müller@firma.example"), (.server, "microsoft"), (.server, "sandbox"),
      (.server, "[2001:db8::1]:587"), (.server, "localhost"), (.server, "smtp.acme.example"), (.listener, "[::1]:2525"),
      (.notify, "a@b.example, c@d.example e@f.example"), (.clientID, ""),
    ] as [(SetupTopic, String)])
  func `what can be meant is taken`(topic: SetupTopic, text: String) {
    var dialogue = SetupDialogue(on: host)
    #expect(dialogue.set(topic, text) == nil)
  }

  @Test func `what options say is not asked for`() throws {
    let told: [(SetupTopic, String)] = [
      (.name, "Acme"), (.entity, "acme"), (.address, "a@acme.example"), (.server, "smtp.acme.example"),
      (.listener, "127.0.0.1:2525"), (.notify, "it@acme.example"),
    ]
    let conversation = Conversation([], told: told)
    #expect(conversation.lines.isEmpty && conversation.choices != nil)
  }

  @Test(arguments: [
    ("Acme S.p.A.", "acme"), ("  Brand B ", "brand"), ("Müller & Söhne", "mueller"), ("東京", "main"), ("", "main"),
    ("3M", "3m"),
  ])
  func `the short name is made of the first word`(name: String, key: String) {
    #expect(SetupDialogue.key(of: name) == key)
  }

  // MARK: The file

  private let choices = SetupChoices(
    name: "Acme", entity: "acme", address: Address(localPart: "a", domain: "acme.example"),
    server: .smtp("smtp.acme.example"), listener: "127.0.0.1:25", notify: [])

  @Test func `a file of comments keeps them, below`() throws {
    let file = try SetupFile("/etc/letterhead/letterhead.toml", "# every key\n# explained\n")
    #expect(file.entities.isEmpty)
    let text = file.text(with: choices)
    #expect(text.hasPrefix("# Written by `letterhead setup`.") && text.hasSuffix("\n\n# every key\n# explained\n"))
    #expect(try Configuration.parse(text, file: file.path).entities.map(\.key) == ["acme"])
    #expect(!text.contains("state_dir"))
  }

  @Test func `the example with everything commented out is no obstacle`() throws {
    let example = ConfigurationExample.text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("#") || $0.isEmpty ? String($0) : "# \($0)" }.joined(separator: "\n")
    let file = try SetupFile("/etc/letterhead/letterhead.toml", example)
    #expect(file.entities.isEmpty && file.listeners.isEmpty)
    #expect(try Configuration.parse(file.text(with: choices), file: file.path).entities.map(\.key) == ["acme"])
  }

  @Test func `keys that are there stay, and so do listeners`() throws {
    let old =
      "state_dir = \"/srv/state\"\n[[listener]]\naddress = \"127.0.0.1:2600\"\n[oauth.google]\nclient_id = \"x\""
    let file = try SetupFile("/etc/letterhead/letterhead.toml", old)
    #expect(file.listeners == ["127.0.0.1:2600"] && file.registered == ["google"])
    var choices = choices
    choices.keepsListeners = true
    let text = file.text(with: choices)
    #expect(text.hasPrefix(old))
    let configuration = try Configuration.parse(text, file: file.path)
    #expect(configuration.stateDirectory == "/srv/state" && configuration.listeners.count == 1)
  }

  @Test func `entities are found in conf_d as well, and a mistake in the grammar is told`() throws {
    let part = ConfigurationText(file: "/etc/lh/conf.d/a.toml", text: "[entity.beta]\n")
    #expect(try SetupFile("/etc/lh/letterhead.toml", nil, parts: [part]).entities == ["beta"])
    #expect(throws: ConfigurationProblems.self) { try SetupFile("/etc/lh/letterhead.toml", "[entity") }
  }

  @Test func `a configuration elsewhere keeps its state beside it, and is written whole or not at all`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("letterhead.toml")
    var wrong = choices
    wrong.entity = "Not Plain"
    #expect(throws: ConfigurationProblems.self) { try SetupFile(path).write(wrong) }
    try directory.write("a file", to: "none")
    #expect(throws: SystemError.self) { try SetupFile(directory.path("none/letterhead.toml")).write(choices) }
    try FileManager.default.removeItem(atPath: directory.path("none"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    let configuration = try SetupFile(path).write(choices)
    #expect(configuration.stateDirectory == directory.path("state"))
    #expect(try Configuration.read(path).entities.map(\.key) == ["acme"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["letterhead.toml"])
  }

  @Test func `the folders above a configuration are made, and a state directory of others is refused before`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("srv/trial/letterhead.toml")
    try SetupFile(path).write(choices)
    #expect(try Configuration.read(path).entities.map(\.key) == ["acme"])
    try FileManager.default.createDirectory(atPath: directory.path("state"), withIntermediateDirectories: false)
    chmod(directory.path("state"), 0o755)
    #expect(throws: StateDirectoryError.self) { try SetupFile(directory.path("letterhead.toml")).write(choices) }
    #expect(!FileManager.default.fileExists(atPath: directory.path("letterhead.toml")))
  }

  @Test func `a run that was broken off before it connected goes on with the entity that it wrote`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("letterhead.toml")
    try SetupFile(path).write(choices)
    let file = try SetupFile(path)
    let before = try String(contentsOfFile: path, encoding: .utf8)
    #expect(file.onlyEntity == SetupEntity(key: "acme", name: "Acme"))
    let begun = SetupDialogue.Host(
      providers: .builtIn, listener: file.listeners[0], hasListeners: true, entity: file.onlyEntity)
    let conversation = Conversation(["office@acme.example", "smtp.acme.example"], on: begun)
    #expect(conversation.lines == ["The mailbox's address:", "Provider or server:"])
    let choices = try #require(conversation.choices)
    #expect(choices.toml.isEmpty && choices.connectWords.first == "acme")
    try file.write(choices)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    let registering = Conversation(["it@acme.example", "1234-abcd"], on: begun, told: [(.server, "microsoft")])
    #expect(try #require(registering.choices).toml == "[oauth.microsoft]\nclient_id = \"1234-abcd\"\n")
  }

  @Test func `a file that is written over keeps its mode`() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("# nothing\n", to: "letterhead.toml", mode: 0o640)
    try SetupFile(path).write(choices)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
  }
}
