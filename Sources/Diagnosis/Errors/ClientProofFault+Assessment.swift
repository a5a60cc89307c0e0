// What it means that this host has no proof for the app at hand. The provider has refused nothing: it was not asked.

import Foundation
import Mailboxes

extension ClientProofFault {
  /// What renews a file or keeps a secret may be about to do so: the flag goes up at the third time in a row.
  var assessment: Assessment {
    let (what, remedy) =
      switch self {
      case .file(let path, let fault): ("the file \(path) with the client assertion \(fault.what)", fault.remedy(path))
      case .command(let path, let fault):
        ("the command \(path), which prints the client secret, \(fault.what)", fault.remedy)
      }
    return Assessment(
      .auth, .mailbox, .wait(flagAfter: 3), "{provider} was not asked for a token: on this host, \(what).", remedy)
  }
}

extension ClientProofFault.FileFault {
  fileprivate var what: String {
    switch self {
    case .missing: "is missing"
    case .unreadable(let words): "cannot be read (\(words))"
    case .notRegular: "is no regular file"
    case .writableByAll: "can be changed by everybody"
    case .empty: "is empty"
    case .tooLong(let limit): "is longer than \(limit >> 10) KiB"
    case .notAnAssertion: "holds characters that no assertion has"
    case .expired(let date): "has ended at \(date.ISO8601Format()) and was not renewed"
    }
  }

  fileprivate func remedy(_ path: String) -> String {
    switch self {
    case .missing, .empty: "See that what writes this file is running; then run: {test}"
    case .unreadable: "Let the relay's user read it and enter the folders above it; then run: {test}"
    case .writableByAll: "Take that right away (chmod o-w \(shellWord(path))); then run: {test}"
    case .notRegular, .tooLong, .notAnAssertion:
      "Say with --client-assertion-file which file holds the assertion and nothing else: {connect}"
    case .expired:
      "See that what renews this file is running, and that the clock is right (timedatectl); then run: {test}"
    }
  }
}

extension ClientProofFault.CommandFault {
  fileprivate var what: String {
    switch self {
    case .notStarted(let words): "cannot be started (\(words))"
    case .exited(let code, let words): "ended with status \(code)\(Self.saying(words))"
    case .signaled(let signal, let words): "was ended by signal \(signal)\(Self.saying(words))"
    case .tookTooLong(let seconds): "had not ended after \(seconds) seconds and was stopped"
    case .silent: "printed nothing"
    case .tooLong(let limit): "printed more than \(limit) octets"
    case .notASecret: "printed several lines, or characters that no secret has"
    }
  }

  private static func saying(_ words: String) -> String {
    words.isEmpty ? "" : " and said \"\(Redaction.shown(words).prefix(200))\""
  }

  fileprivate var remedy: String {
    switch self {
    case .notStarted: "See that the program is there and that the relay's user may run it; then run: {test}"
    case .exited, .signaled, .tookTooLong:
      "Run it as the relay's user and mend what hinders it; then run: {test}"
    case .silent, .tooLong, .notASecret: "It has to print the secret and nothing else. When it does, run: {test}"
    }
  }
}
