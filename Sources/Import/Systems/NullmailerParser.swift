// nullmailer: the one-line files of /etc/nullmailer. nullmailer-send(8), nullmailer-inject(1).

import Mailboxes
import SMTP

/// One import from nullmailer.
struct NullmailerParser {
  /// A line of `remotes`.
  private struct Remote {
    let host: String
    let source: SourceLine
    var options = ForeignSettings()
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
    file.statements.compactMap { line in
      let words = Self.words(of: line.value)
      guard let host = words.first else { return nil }
      if words.count > 1, words[1] != "smtp" {
        context.leftOut(line.source, "Only the protocol smtp is spoken.")
        return nil
      }
      var remote = Remote(host: host, source: line.source)
      for word in words.dropFirst(2) {
        let option = word.drop { $0 == "-" }
        let (name, value) = option.halves(at: "=") ?? (String(option), "")
        remote.options.set(name.lowercased(), Sourced(value, line.source))
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
    guard let first = remotes.first(where: { $0.options.stated("pass") != nil }) ?? remotes.first else {
      return context.leftOut(nil, "\(folder)remotes names no server.")
    }
    guard let entity = entity(first) else { return }
    _ = context.add(entity)
    context.carried(
      first.source,
      "Mail goes through \(entity.server.value.host), port \(entity.server.value.port)\(entity.signIn.phrase).")
    tellOptions(of: first)
    for other in remotes where other.source != first.source {
      context.leftOut(other.source, "An entity has one server and no second to fall back on.")
    }
    readFiles()
  }

  private mutating func entity(_ remote: Remote) -> PlannedEntity? {
    let options = remote.options
    let isTLS = options.stated("ssl") != nil
    let security: Security = isTLS ? .tls : options.stated("starttls") != nil ? .starttls : .none
    let port = context.port(options["port"], of: "port", usual: isTLS ? 465 : 25)
    guard let server = context.server(remote.host, port, security, remote.source, asked: "neither ssl nor starttls")
    else { return nil }
    var signIn = PlannedSignIn.none
    if let user = options["user"] {
      signIn = .password(
        username: user.value, options.stated("pass").map { .clear($0.map { Secret($0) }) } ?? .missing)
    }
    var entity = PlannedEntity(server: server, signIn: signIn)
    if let user = options["user"], let address = Address(user.value), !address.domain.isEmpty {
      entity.address = Sourced(address, remote.source)
    }
    entity.authoritiesFile = context.authorities(options["x509cafile"], of: "x509cafile")
    return entity
  }

  private mutating func tellOptions(of remote: Remote) {
    for name in remote.options.names {
      switch name {
      case "port", "ssl", "starttls", "user", "pass", "x509cafile", "auth-login", "tls": break
      case "insecure":
        context.changed(
          remote.source, "insecure: Letterhead checks certificates. Name a private authority's with --ca-file.")
      case "x509certfile", "x509crlfile":
        context.leftOut(remote.source, "\(name): no client certificate is shown, and no list of revoked ones is read.")
      case "source":
        context.leftOut(remote.source, "source: connections leave from the address that the kernel chooses.")
      default: context.leftOut(remote.source, "An option there is not understood.")
      }
    }
  }

  // MARK: The other files

  /// The first line of one, which is all that counts.
  private mutating func line(of name: String) -> Sourced<String>? {
    guard let lines = context.file(folder + name, isExpected: false)?.statements, let first = lines.first else {
      return nil
    }
    for other in lines.dropFirst() {
      context.plan.ledger.group(other.source, .carried, "Only the first line of this file counts")
    }
    return first
  }

  private mutating func readFiles() {
    let (helo, me) = (line(of: "helohost"), line(of: "me"))
    if let name = helo ?? me { context.setHostname(name, of: helo == nil ? "me" : "helohost") }
    if helo != nil, let me { context.carried(me.source, "me: helohost has the name in greetings.") }
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
    for name in ["idhost", "pausetime", "maxpause", "sendtimeout", "bounceto", "doublebounceto", "sendto"] {
      guard let file = context.file(folder + name, isExpected: false) else { continue }
      for line in file.statements { context.plan.ledger.name(line.source, name) }
    }
  }
}
