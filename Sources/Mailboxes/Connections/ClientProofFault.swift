// Why an app cannot show that it is the registered one, where the reason is on this host: in facts. Nobody was asked then.

package import Foundation

/// Codable, because the request may be made in another process.
package enum ClientProofFault: Error, Equatable, Sendable, Codable {
  case file(String, FileFault)
  /// Of the program's path.
  case command(String, CommandFault)

  package enum FileFault: Error, Equatable, Sendable, Codable {
    case missing
    /// The system's words.
    case unreadable(String)
    case notRegular
    /// Everybody on this host may change it.
    case writableByAll
    case empty
    /// `limit`: in octets.
    case tooLong(limit: Int)
    /// It holds characters that no assertion has.
    case notAnAssertion
    case expired(Date)
  }

  package enum CommandFault: Error, Equatable, Sendable, Codable {
    /// The system's words.
    case notStarted(String)
    /// `words`: the end of what it wrote to standard error, cleaned and capped.
    case exited(Int32, words: String)
    case signaled(Int32, words: String)
    case tookTooLong(seconds: Int)
    case silent
    /// `limit`: in octets.
    case tooLong(limit: Int)
    /// It printed several lines, or characters that no secret has.
    case notASecret
  }
}
