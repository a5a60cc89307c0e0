// nullmailer: the one-line files of /etc/nullmailer. nullmailer-send(8), nullmailer-inject(1).

import Mailboxes
import SMTP

/// One import from nullmailer.
struct NullmailerParser {
  /// A line of `remotes`.
  private struct Remote {
    let host: String
    let source: SourceLine
    var options: [String: String] = [:]
  }

  private var context: ImportContext
  private let folder: String

  static func parse(_ path: String, into context: inout ImportContext) {
    guard let file = context.file(path, holdsSecrets: true) else { return }
    var parser = NullmailerParser(context: context, folder: path.halvesOfPath.folder)
    parser.plan(parser.remotes(in: file))
    context = parser.context
  }

  private init(context: ImportContext, folder: String) {
    (self.context, self.folder) = (context, folder)
  }

  private mutating func remotes(in file: ForeignFile) -> [Remote] {
    file.placed.compactMap { text, source in
      let words = Self.words(of: text)
      guard let host = words.first, !host.hasPrefix("#") else { return nil }
      if words.count > 1, words[1] != "smtp" {
        context.leftOut(source, "Only the protocol smtp is spoken.")
        return nil
      }
      var remote = Remote(host: host, source: source)
      for word in words.dropFirst(2) {
        let option = word.drop { $0 == "-" }
        let (name, value) = option.halves(at: "=") ?? (String(option), "")
        remote.options[name.lowercased()] = value
      }
      return remote
    }
  }

  /// Words as a shell has them: quotes and backslashes keep blanks.
  private static func words(of line: String) -> [String] {
    var words: [String] = []
    var (word, quote, isEscaped, isWord) = ("", nil as Character?, false, false)
    for character in line {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
        isWord = true
      } else if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        isWord = true
      } else if character == " " || character == "\t" {
        if isWord { words.append(word) }
        (word, isWord) = ("", false)
      } else {
        word.append(character)
        isWord = true
      }
    }
    return isWord ? words + [word] : words
  }

  private mutating func plan(_ remotes: [Remote]) {
    guard let first = remotes.first(where: { $0.options["pass"] != nil }) ?? remotes.first else {
      return context.leftOut(nil, "\(folder)remotes names no server.")
    }
    guard let entity = entity(first) else { return }
    context.plan.entities.append(entity)
    context.carried(
      first.source,
      "Mail goes through \(entity.server.value.host), port \(entity.server.value.port)\(entity.signIn.phrase).")
    for other in remotes where other.source != first.source {
      context.leftOut(other.source, "An entity has one server and no second to fall back on.")
    }
    readFiles()
  }

  private mutating func entity(_ remote: Remote) -> PlannedEntity? {
    let options = remote.options
    let security: Security = options["ssl"] != nil ? .tls : options["starttls"] != nil ? .starttls : .none
    let port = options["port"].flatMap { UInt16($0) } ?? (security == .tls ? 465 : 25)
    guard
      let server = context.server(
        remote.host, max(port, 1), security, remote.source, asked: "neither ssl nor starttls")
    else { return nil }
    if options["insecure"] != nil {
      context.changed(
        remote.source, "insecure: Letterhead checks certificates. Name a private authority's with --ca-file.")
    }
    var signIn = PlannedSignIn.none
    if let user = options["user"] {
      let secret = options["pass"].map { PlannedSecret.clear(Sourced(Secret($0), remote.source)) } ?? .missing
      signIn = .password(username: user, secret)
    }
    var entity = PlannedEntity(server: server, signIn: signIn)
    if let user = options["user"], let address = Address(user), !address.domain.isEmpty {
      entity.address = Sourced(address, remote.source)
    }
    if let file = options["x509cafile"], !file.isSystemTrust { entity.authoritiesFile = Sourced(file, remote.source) }
    if options["x509certfile"] != nil {
      context.leftOut(remote.source, "x509certfile: no client certificate is shown.")
    }
    return entity
  }

  // MARK: The other files

  private mutating func line(of name: String) -> Sourced<String>? {
    guard let file = context.file(folder + name, isExpected: false) else { return nil }
    return file.placed.first { !$0.text.trimmed.isEmpty }.map { Sourced($0.text.trimmed, $0.source) }
  }

  private mutating func readFiles() {
    if let me = line(of: "helohost") ?? line(of: "me") { context.setHostname(me, of: "me") }
    if let from = line(of: "allmailfrom"), let address = context.address(from.value, from.source, of: "allmailfrom") {
      context.plan.entities[0].address = address
      context.carried(from.source, "Mail goes out as \(address.value).")
    }
    if let administrators = line(of: "adminaddr") {
      let addresses = administrators.value.listed.compactMap { Address($0) }.filter { !$0.domain.isEmpty }
      context.setLocalRecipients(
        addresses.map { Sourced($0, administrators.source) }, "adminaddr: mail to users of this host")
    }
    if let age = line(of: "queuelifetime") { context.setAge(Int(age.value), age.source, of: "queuelifetime") }
    for name in ["defaultdomain", "defaulthost"] {
      if let domain = line(of: name) {
        context.carried(domain.source, "\(name): the mailbox's own address takes the place of every sender.")
      }
    }
  }
}
