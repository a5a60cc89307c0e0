// The conversation with a mailbox's IMAP server, as a straight line: greet, secure, sign in, choose the folder; then look
// or file, as often as wanted; leave. RFC 3501. It reads the folder of sent messages and appends to it, and does no more.

import Foundation
import Mailboxes
package import SMTP
package import Sockets
package import TLS
package import Transport

/// One open line, signed in. Belongs to one loop.
package final class IMAPSession: SentFolder {
  /// Where it leads, and how it is begun.
  package struct Opening {
    package var host: String
    package var security: Security
    package var context: TLSContext
    package var timeouts: IMAPTimeouts
    /// As the configuration names the folder; empty: it does not.
    package var folder: String

    package init(host: String, security: Security, context: TLSContext, timeouts: IMAPTimeouts, folder: String) {
      self.host = host
      self.security = security
      self.context = context
      self.timeouts = timeouts
      self.folder = folder
    }
  }

  let line: IMAPConnection
  let timeouts: IMAPTimeouts
  /// What must not be shown if the server repeats it.
  var secrets = HiddenSecrets()
  private(set) var capabilities = IMAPCapabilities()
  private(set) var choice: SentFolderChoice
  /// Was not there, and has been made.
  var madeFolder: FolderName?
  private var lastTag = 0
  private var hasEnded = false

  private init(_ connection: Connection, _ opening: Opening, _ signIn: IMAPSignIn) {
    line = IMAPConnection(over: connection)
    timeouts = opening.timeouts
    choice = SentFolderChoice(named: opening.folder)
    secrets.insert(signIn.secret)
  }

  var folder: FolderName? { madeFolder ?? choice.folder }

  // MARK: Opening

  /// Greets, secures, signs in, and chooses the folder.
  ///
  /// - Parameter signIn: shown when the line is encrypted, or does not leave this machine.
  package static func open(
    over connection: Connection, _ opening: Opening, signIn: IMAPSignIn
  ) async throws(SentFolderError) -> IMAPSession {
    let session = IMAPSession(connection, opening, signIn)
    try await session.unlessItEnds { () async throws(SentFolderError) in
      try await session.begin(opening)
      try await session.signIn(with: signIn)
      try await session.chooseFolder()
    }
    return session
  }

  private func begin(_ opening: Opening) async throws(SentFolderError) {
    if opening.security == .tls { try await startTLS(opening) }
    guard case .status(let greeting) = try await line.response(until: .now + timeouts.greeting) else {
      throw .unreachable(words: "its first word was not IMAP")
    }
    guard greeting.kind == .ok else { throw SentFolderError(greeting, hiding: secrets) }
    if opening.security == .starttls {
      let status = try await run("STARTTLS")
      guard status.isOK else { throw SentFolderError(status, hiding: secrets) }
      try await startTLS(opening)
    }
    guard opening.security != .none || line.isLoopback else {
      throw .notPermitted(words: "the line is not encrypted")
    }
    try await askCapabilities()
  }

  private func startTLS(_ opening: Opening) async throws(SentFolderError) {
    try await line.startTLS(opening.context, verifying: opening.host, within: timeouts.tls)
  }

  /// What was offered in the clear, or before the sign-in, no longer holds.
  func askCapabilities() async throws(SentFolderError) {
    capabilities = IMAPCapabilities()
    let status = try await run("CAPABILITY") { [self] response in
      if case .capabilities(let told) = response { capabilities = told }
    }
    guard status.isOK else { throw SentFolderError(status, hiding: secrets) }
  }

  private func chooseFolder() async throws(SentFolderError) {
    let asksMarks = capabilities.has("SPECIAL-USE") && capabilities.has("LIST-EXTENDED")
    let marked = asksMarks ? try await list(" RETURN (SPECIAL-USE)") : nil
    if marked?.isOK == true { return }
    let status = try await list("")
    guard status.isOK else { throw SentFolderError(status, hiding: secrets) }
  }

  private func list(_ options: String) async throws(SentFolderError) -> IMAPStatus {
    try await run("LIST \"\" \"*\"\(options)") { [self] response in
      if case .folder(let listing) = response { choice.consider(listing) }
    }
  }

  // MARK: Commands

  func nextTag() -> String {
    lastTag += 1
    return "A\(lastTag)"
  }

  /// Writes a command and reads until it has ended.
  ///
  /// - Parameter take: gets what comes before the end.
  func run(_ command: String, take: (IMAPResponse) -> Void = { _ in }) async throws(SentFolderError) -> IMAPStatus {
    try await run(Array(command.utf8), take: take)
  }

  func run(_ command: [UInt8], take: (IMAPResponse) -> Void = { _ in }) async throws(SentFolderError) -> IMAPStatus {
    let tag = nextTag()
    try await line.send(Array("\(tag) ".utf8) + command + .crlf, within: timeouts.block)
    return try await untilEnd(of: tag, within: timeouts.command, take: take)
  }

  func untilEnd(
    of tag: String, within time: Duration, take: (IMAPResponse) -> Void = { _ in }
  ) async throws(SentFolderError) -> IMAPStatus {
    let deadline = Instant.now + time
    while true {
      let response = try await line.response(until: deadline)
      switch response {
      case .completed(tag: tag, let status): return status
      case .completed: throw .unreachable(words: "it answered to something that was not asked")
      case .status(let status) where status.kind == .bye: throw SentFolderError(status, hiding: secrets)
      default: take(response)
      }
    }
  }

  // MARK: Ending

  /// Runs `body`, cancellable; the line is closed where it throws what leaves the conversation in the middle.
  func unlessItEnds<Result>(
    _ body: () async throws(SentFolderError) -> Result
  ) async throws(SentFolderError) -> Result {
    guard !hasEnded else { throw .unreachable(words: "the connection has ended") }
    do throws(SentFolderError) {
      return try await line.whileCancellable(body)
    } catch {
      hangUp()
      throw error
    }
  }

  package func close() async {
    guard !hasEnded else { return }
    if (try? await line.send(Array("\(nextTag()) LOGOUT\r\n".utf8), within: .seconds(1))) != nil {
      await line.finish(within: .seconds(1))
    }
    hangUp()
  }

  func hangUp() {
    hasEnded = true
    line.close()
  }
}
