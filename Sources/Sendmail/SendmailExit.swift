// How the program ends. The numbers are those of sysexits.h, which cron, mail readers and web applications know.

package enum SendmailExit: Int32, Sendable {
  case done = 0
  /// The command line is wrong.
  case usage = 64
  /// An address is none, or nobody is named as a recipient.
  case badAddress = 65
  /// The relay will never take this message.
  case refused = 69
  /// The system would not give what the program needs.
  case system = 71
  /// A file could not be read or written.
  case inputOutput = 74
  /// Nothing was taken now; the same may work later.
  case tryLater = 75
  /// The relay does not let this user send so.
  case notAllowed = 77
}

/// Why nothing was sent.
package struct SendmailFailure: Error, Equatable, Sendable {
  package let exit: SendmailExit
  /// For whoever reads standard error.
  package let sentence: String

  package init(_ exit: SendmailExit, _ sentence: String) {
    self.exit = exit
    self.sentence = sentence
  }
}
