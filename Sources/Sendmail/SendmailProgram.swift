// The whole program: reads the command line, reads the message, hands it over, and says what was wrong.

import Glibc
import Message
import Platform
import SMTP

/// Where things are; the environment may name others, for tests and for containers.
package struct SendmailProgram: Sendable {
  private let socket: String
  private let drop: String
  private let mayDrop: Bool
  private let patience: RelayConversation.Patience

  /// - Parameter environment: gives the value of a variable.
  package init(
    environment: (String) -> String?, patience: RelayConversation.Patience = RelayConversation.Patience()
  ) {
    socket = environment("LETTERHEAD_SUBMIT_SOCKET") ?? "/run/letterhead/submit.sock"
    drop = environment("LETTERHEAD_DROP") ?? "/var/spool/letterhead/drop"
    mayDrop = environment("LETTERHEAD_NO_DROP") != "1"
    self.patience = patience
  }

  /// Does what the command line asks, and returns the number to exit with.
  package static func run(_ arguments: [String]) -> Int32 {
    let name = arguments.first.flatMap { $0.split(separator: "/").last.map(String.init) } ?? "sendmail"
    // A relay that breaks off is told by errno.
    signal(SIGPIPE, SIG_IGN)
    do throws(SendmailFailure) {
      let program = SendmailProgram { getenv($0).map { String(cString: $0) } }
      try program.perform(try SendmailRequest.parse(calledAs: name, Array(arguments.dropFirst())))
      return SendmailExit.done.rawValue
    } catch {
      write("\(name): \(error.sentence.harmless())\n", to: STDERR_FILENO)
      return error.exit.rawValue
    }
  }

  private static func write(_ text: String, to descriptor: Int32) {
    _ = Array(text.utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }

  private func perform(_ request: SendmailRequest) throws(SendmailFailure) {
    switch request {
    case .send(let options): try send(options)
    case .converse: try converse()
    case .showQueue: try QueueProgram.replaceThisProcess()
    case .showHelp: Self.write(SendmailHelp.text, to: STDOUT_FILENO)
    case .nothing: break
    }
  }

  private func send(_ options: SendmailOptions) throws(SendmailFailure) {
    let account = SendmailAccount.own
    let (envelope, message) = try StandardInput(options).read(for: account)
    switch handToRelay(message, envelope, account) {
    case .accepted: break
    case .refused(let reply): throw SendmailFailure(refusedWith: reply)
    case .unanswered(let why): try leaveInDrop(message, envelope, because: why)
    }
  }

  private func handToRelay(
    _ message: MessageCopy, _ envelope: Envelope, _ account: SendmailAccount
  ) -> RelayConversation.Ending {
    do throws(SystemError) {
      let relay = try SubmitSocket(path: socket, patience: patience.answer)
      return RelayConversation(with: relay, patience: patience).hand(message, to: envelope, from: account.host)
    } catch {
      return .unanswered("\(error)")
    }
  }

  /// Also where the relay may have taken the message and only its answer was lost: it may then go out twice, which is
  /// better than not at all.
  private func leaveInDrop(
    _ message: MessageCopy, _ envelope: Envelope, because why: String
  ) throws(SendmailFailure) {
    guard mayDrop else { throw SendmailFailure(.tryLater, "No answer from the relay at \(socket): \(why).") }
    do throws(SystemError) { try DropWriter(folder: drop).write(message, to: envelope) } catch {
      let isAway = [ENOENT, ENOTDIR, EACCES, EPERM, EROFS].contains(error.code)
      throw SendmailFailure(
        isAway ? .tryLater : .inputOutput,
        "No answer from the relay at \(socket): \(why). Nor can the message be left in \(drop): \(error).")
    }
  }

  private func converse() throws(SendmailFailure) {
    do throws(SystemError) { try PassThrough.run(try SubmitSocket(path: socket, patience: patience.answer)) } catch {
      let reply = Reply(421, EnhancedCode(4, 3, 2), "No relay answers here; try again later")
      _ = reply.octets().withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      throw SendmailFailure(.tryLater, "No answer from the relay at \(socket): \(error).")
    }
  }
}
