// A mailbox's folder of sent messages: looked into where an answer was lost, filed into where the provider does not do it.

package import Diagnosis
package import Foundation
package import Message

/// An open way into the folder. Not `Sendable`: all calls come from one isolation, one after the other.
package protocol SentFolder: AnyObject {
  /// What stands in the newest messages of the folder, the newest first. Nothing is marked or changed.
  ///
  /// - Parameters:
  ///   - count: the most messages that are read, whatever the folder holds.
  ///   - time: messages that the provider filed before it are left out.
  func newest(_ count: Int, since time: Date) async throws(SentFolderError) -> [SentHeader]

  /// Puts a copy into the folder, read, and dated as it was sent.
  func file(_ copy: PreparedMessage, sentAt: Date) async throws(SentFolderError) -> FiledCopy

  /// Leaves politely, within a second.
  func close() async
}

/// By what a message of the folder is known again.
package struct SentHeader: Equatable, Sendable {
  /// Without angle brackets: its Message-ID, and the one it had before the provider gave it a new one
  /// (`X-Microsoft-Original-Message-ID`, `X-Google-Original-Message-ID`).
  package var messageIDs: [String]
  /// When the provider put it there.
  package var filedAt: Date

  package init(messageIDs: [String], filedAt: Date) {
    self.messageIDs = messageIDs
    self.filedAt = filedAt
  }
}

extension InternetMessageID {
  /// - Parameter bare: as a folder tells it, without brackets.
  package func isSame(as bare: String) -> Bool {
    self.bare == bare || self == InternetMessageID("<\(bare)>".utf8)
  }
}

package struct FiledCopy: Equatable, Sendable {
  /// The folder as people read it.
  package var folder: String
  /// The provider's name for the copy (APPENDUID: `UIDVALIDITY/UID`); `nil`: it told none.
  package var name: String?

  package init(folder: String, name: String?) {
    self.folder = folder
    self.name = name
  }
}

/// Why the folder could not be used. Never a reason to hold or to fail mail.
package enum SentFolderError: Error, Equatable, Sendable {
  /// The sign-in may send, and may not look into the mailbox.
  case notPermitted(words: String)
  /// Nobody answered, or the connection ended. It may be tried later.
  case unreachable(words: String)
  /// No folder is known to be the one.
  case noFolder
  /// The mailbox has no room (`OVERQUOTA`).
  case full(words: String)
  /// The provider does not take this copy.
  case refused(words: String)
  case cancelled
}

extension SentFolderError {
  /// Why nobody could sign in there.
  package init(signIn error: TransportError) {
    self =
      switch error {
      case .cancelled: .cancelled
      case .token(.unavailable(_, _, let words)):
        .unreachable(words: "no access token could be fetched: \(Redaction.shown(words))")
      default: .notPermitted(words: Redaction.shown(error.upstreamWords))
      }
  }
}
