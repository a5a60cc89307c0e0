// The sentence for an error: what is wrong, and what to do. Errors carry facts; this is where they become words.

import Control
import Spool

enum Sentence {
  /// `error` as people should read it; what has its own sentence already is passed through.
  static func of(_ error: any Error) -> any Error {
    switch error {
    case let error as SpoolError: CommandFailure(error.sentence)
    default: error
    }
  }
}
