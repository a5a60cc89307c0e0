// `letterhead setup`: from nothing to a relay that sends, by a few questions.

import ArgumentParser
import Diagnosis
import Foundation
import Letterhead
import Mailboxes
import Platform
import Sockets

struct SetupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup",
    abstract: "Ask a few questions, write the configuration, and go on to connect the mailbox.",
    discussion: """
      For a host that has no configuration yet, or one without an entity; an entity that is there is never changed. Where it \
      was broken off before a mailbox was connected, it goes on from there. It makes the folders that it needs. Each question says why it is asked and has a usual answer in brackets where there is one. Nothing is \
      written before the last of them, and Ctrl-C leaves everything as it was.

      An answer that is given as an option is not asked for. With --yes nothing is asked: what has no option takes its \
      usual answer. Without a terminal that is the only way.

      Examples:
        letterhead setup
        letterhead setup --yes --name "Acme S.p.A." \\
          --address office@acme.example --smtp smtp.acme.example \\
          --password-file /root/password
        letterhead setup --yes --name Trial --address me@trial.invalid \\
          --provider sandbox --config /srv/trial/letterhead.toml
      """)

  @OptionGroup var config: ConfigurationOption
  @Option(help: ArgumentHelp("The entity's name, as people read it.", valueName: "name"))
  var name: String?
  @Option(help: ArgumentHelp("Its short name, for commands.", valueName: "entity"))
  var entity: String?
  @Option(help: ArgumentHelp("The address of its mailbox.", valueName: "address"))
  var address: String?
  @Option(
    help: ArgumentHelp("Whose mailbox it is, as `letterhead providers` lists them.", valueName: "name"),
    completion: .providers)
  var provider: String?
  @Option(help: ArgumentHelp("Or the server that takes its mail.", valueName: "host[:port]"))
  var smtp: String?
  @Option(help: ArgumentHelp("Which of the provider's regions.", valueName: "region"))
  var region: String?
  @Option(help: ArgumentHelp("Whom to sign in as, where that is not the address.", valueName: "user"))
  var username: String?
  @Option(
    name: .customLong("client-id"),
    help: ArgumentHelp("Of the app that is registered at the provider.", valueName: "id"))
  var clientID: String?
  @Option(
    help: ArgumentHelp("File with the mailbox's password on its first line.", valueName: "file"), completion: .file())
  var passwordFile: String?
  @Option(
    name: .customLong("ca-file"),
    help: ArgumentHelp("Certificates of authorities to trust beside the system's, PEM.", valueName: "file"),
    completion: .file())
  var caFile: String?
  @Option(help: ArgumentHelp("Where apps hand in their mail: 127.0.0.1:25.", valueName: "address:port"))
  var listen: String?
  @Option(help: ArgumentHelp("Who is told of mail that cannot be delivered.", valueName: "address"))
  var notify: String?
  @Flag(help: "Ask nothing.")
  var yes = false

  func validate() throws {
    if provider != nil, smtp != nil { throw ValidationError("Name the server once: --provider NAME or --smtp HOST.") }
  }

  func run() async throws {
    try checkFiles()
    let file = try SetupFile(config.file)
    let begun = await begunEntity(of: file)
    if let begun {
      print(
        "\(file.path) is written, with the entity \(begun.key), and no mailbox is connected to it yet. Setup goes on there."
      )
    } else if !file.entities.isEmpty {
      throw CommandFailure(Self.refusal(file))
    }
    let choices = try await choices(for: file, begun)
    let adds = !choices.toml.isEmpty
    guard yes || !adds || Terminal.confirms("\n\(choices.toml)\nWrite this to \(file.path)?", usually: true) else {
      return print("Nothing was written.")
    }
    let configuration = try write(choices, to: file)
    if adds { print("\(file.path) is written.") }
    try SetupService(configuration).begin { yes || Terminal.confirms($0, usually: true) }
    try await connect(choices, configuration)
    print(FirstMessage(from: choices, to: configuration).text)
  }

  /// What cannot be read later is said before anything is asked.
  private func checkFiles() throws {
    if let passwordFile, passwordFile != "-" { _ = try SecretInput.read(passwordFile, what: "password") }
    if let caFile { _ = try ServerOptions.authorities(in: caFile) }
  }

  /// The entity that an earlier run has written, where that was broken off before a mailbox was connected to it.
  private func begunEntity(of file: SetupFile) async -> SetupEntity? {
    guard let only = file.onlyEntity, [nil, only.name].contains(name), [nil, only.key].contains(entity) else {
      return nil
    }
    let examination = Examination(of: file.path, now: Date())
    let places = examination.places
    guard RelaySocket.mayAnswer(at: places) || Privileges.mayOpen(places.stateDirectory) else { return nil }
    let saved = await SavedState.seen(for: examination)
    return examination.configuration != nil && saved.mailboxes.isEmpty && saved.unseen.isEmpty ? only : nil
  }

  private static func refusal(_ file: SetupFile) -> String {
    let list = file.entities.joined(separator: ", ")
    return
      "\(file.path) has an entity already (\(list)), so nothing was changed. To add another one, write [entity.NAME] "
      + "into it, reload, and run: letterhead connect NAME --help. To connect the mailbox of \(file.entities[0]), run: "
      + "letterhead connect \(file.entities[0]) --help"
  }

  private func write(_ choices: SetupChoices, to file: SetupFile) throws -> Configuration {
    do {
      return try file.write(choices)
    } catch let problems as ConfigurationProblems {
      throw CommandFailure("Nothing was written, because it would not be right:\n\(problems)")
    } catch let fault as StateDirectoryError {
      throw CommandFailure("Nothing was written, because the state could not be kept: \(fault)")
    } catch {
      throw CommandFailure("\(file.path) cannot be written: \(error). Run this as root, or name another with --config.")
    }
  }

  // MARK: Questions

  private func choices(for file: SetupFile, _ begun: SetupEntity?) async throws -> SetupChoices {
    var dialogue = SetupDialogue(
      on: SetupDialogue.Host(
        providers: file.providers, listener: listen ?? file.listeners.first ?? FreePort.address(),
        hasListeners: !file.listeners.isEmpty, registered: file.registered, entity: begun))
    try tell(&dialogue)
    while true {
      switch dialogue.step {
      case .finished(let choices): return choices
      case .find(let address):
        dialogue.note(provider: await file.providers.ownership(of: address).owner?.provider)
      case .ask(let question):
        if let complaint = dialogue.answer(try answer(to: question)) {
          if yes { throw CommandFailure("\(question.topic.option): \(complaint)") }
          printError(complaint)
        }
      }
    }
  }

  /// What the options say.
  private func tell(_ dialogue: inout SetupDialogue) throws {
    let options: [(SetupTopic, String?)] = [
      (.name, name), (.entity, entity), (.address, address), (.server, provider ?? smtp), (.region, region),
      (.username, username), (.clientID, clientID ?? passwordFile.map { _ in SetupDialogue.password }),
      (.listener, listen), (.notify, notify),
    ]
    for (topic, text) in options {
      guard let text, let complaint = dialogue.set(topic, text) else { continue }
      throw CommandFailure("\(topic.option): \(complaint)")
    }
  }

  private func answer(to question: SetupQuestion) throws -> String {
    if yes {
      if let usual = question.usual { return usual }
      throw CommandFailure("\(question.why) Say it with \(question.topic.option).")
    }
    guard Terminal.isThere else {
      throw CommandFailure(
        "Without a terminal nobody can be asked. Say it with options and --yes: letterhead setup --help")
    }
    printError("\n\(question.why)")
    guard let text = Terminal.ask(question.line) else { throw CommandFailure("Nothing was written.") }
    return text
  }

  // MARK: Connecting

  /// By the same command that a person would type.
  private func connect(_ choices: SetupChoices, _ configuration: Configuration) async throws {
    let words = SetupConnection(
      choices, in: configuration, passwordFile: passwordFile, caFile: caFile, isAttended: Terminal.isThere)
    let typed = (["letterhead", "connect"] + words.words).map(shellWord).joined(separator: " ")
    guard words.canGoOn else { return print("Nobody is here to sign in. Connect the mailbox later: \(typed)") }
    guard yes || Terminal.confirms("\nConnect \(choices.address) now?", usually: true) else {
      return print("Later, connect the mailbox: \(typed)")
    }
    while let failure = try await failure(of: words.words) {
      guard words.isAttended, !yes else { throw CommandFailure("\(failure)\(Self.again) \(typed)") }
      printError(failure)
      guard Terminal.confirms("\nTry again?", usually: true) else {
        return print("Later, connect the mailbox: \(typed)")
      }
    }
    if words.onlyExplains { throw CleanExit.message("\nWhen it is registered, run: \(words.afterwards)") }
  }

  private static let again = "\nThe configuration is written. To try again, run:"

  /// Why one run of `letterhead connect` did not end well.
  private func failure(of words: [String]) async throws -> String? {
    do {
      let command = try Connect.parse(words)
      try await command.run()
      return nil
    } catch let filed as RequestFiled {
      throw filed
    } catch {
      return Connect.message(for: error)
    }
  }
}
