// Signing in: AUTHENTICATE by the best mechanism that is offered, or LOGIN. RFC 3501 §6.2.2. One refusal is the end: a
// password that is tried again and again locks the account.

import Mailboxes
import SMTP
import Sockets
import Transport

extension IMAPSession {
  func signIn(with signIn: IMAPSignIn) async throws(SentFolderError) {
    let status: IMAPStatus
    if let name = signIn.mechanisms.first(where: capabilities.takes) {
      status = try await authenticate(with: signIn.credential, by: name)
    } else if let login = signIn.login, !capabilities.has("LOGINDISABLED") {
      secrets.insert(Array(IMAPString.quoted(signIn.secret).dropFirst().dropLast()))
      status = try await run(login)
    } else {
      throw .notPermitted(words: "the server offers none of \(signIn.mechanisms.joined(separator: ", "))")
    }
    guard status.isOK else { throw .signIn(status, hiding: secrets) }
    try await askCapabilities()
  }

  private func authenticate(with credential: SASLCredential, by name: String) async throws(SentFolderError)
    -> IMAPStatus
  {
    guard let mechanism = SASLMechanism.named(name), var exchange = try? mechanism.client(with: credential, .openSSL)
    else { throw .notPermitted(words: "the user name or the secret holds characters that \(name) cannot carry") }
    let tag = nextTag()
    try await line.send(Array("\(tag) AUTHENTICATE \(name)\r\n".utf8), within: timeouts.block)
    var keptBack = exchange.initialResponse()
    let deadline = Instant.now + timeouts.command
    while true {
      switch try await line.response(until: deadline) {
      case .continuation(let text):
        let answer = keptBack ?? (try? exchange.respond(to: Base64.decode(text.filter { !$0.isBlank }) ?? text))
        keptBack = nil
        let written = answer.map { Base64.encode($0) } ?? [UInt8(ascii: "*")]
        if answer != nil { secrets.insert(written) }
        try await line.send(written + .crlf, within: timeouts.block)
      case .completed(tag: tag, let status):
        if status.isOK, (try? exchange.finish()) == nil {
          throw .notPermitted(words: "the server could not prove that it knows the password")
        }
        return status
      case .status(let status) where status.kind == .bye: throw .signIn(status, hiding: secrets)
      case .completed: throw .unreachable(words: "it answered to something that was not asked")
      default: break
      }
    }
  }
}
