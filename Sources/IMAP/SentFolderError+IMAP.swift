// What a refusal of an IMAP server means. RFC 5530, 9208.

import Diagnosis
import Mailboxes
import Transport

extension SentFolderError {
  /// To a command about the folder.
  init(_ status: IMAPStatus, hiding secrets: HiddenSecrets) {
    let words = status.words(hiding: secrets)
    switch status.code?.name {
    case "OVERQUOTA": self = .full(words: words)
    case "TRYCREATE", "NONEXISTENT": self = .noFolder
    case "NOPERM", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED": self = .notPermitted(words: words)
    case "UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG": self = .unreachable(words: words)
    default:
      let saysFull = status.code == nil && ["quota", "mailbox is full", "mailbox full"].contains(where: status.says)
      self = saysFull ? .full(words: words) : status.kind == .bye ? .unreachable(words: words) : .refused(words: words)
    }
  }

  /// To the sign-in.
  static func signIn(_ status: IMAPStatus, hiding secrets: HiddenSecrets) -> SentFolderError {
    let words = status.words(hiding: secrets)
    let passes = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"].contains(status.code?.name)
    // Gmail and Dovecot count the connections of a mailbox.
    return passes || status.kind == .bye || status.says("too many") || status.says("maximum number of connections")
      ? .unreachable(words: words) : .notPermitted(words: words)
  }
}

extension IMAPStatus {
  fileprivate func says(_ words: String) -> Bool { text.lowercased().contains(words) }

  /// Code and text on one line, fit to be shown.
  func words(hiding secrets: HiddenSecrets) -> String {
    let code = code.map { "[\(([$0.name] + $0.arguments).joined(separator: " "))] " } ?? ""
    return Redaction.shown(secrets.hidden(in: "\(kind.rawValue) \(code)\(text)"))
  }
}
