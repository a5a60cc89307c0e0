// The names of files in the drop folder. Everybody may make files there and nobody but the relay may list them, so a name
// that cannot be guessed keeps a message from other users.

import SMTP

package enum DropName {
  /// In front of the name while the file is written.
  private static let unfinished = "new."
  private static let digits = 32

  /// 128 random bits.
  package static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    let halves = [generator.next() as UInt64, generator.next()].map { String($0, radix: 16) }
    return halves.map { String(repeating: "0", count: digits / 2 - $0.utf8.count) + $0 }.joined()
  }

  package static func whileWritten(_ name: String) -> String { unfinished + name }

  /// A file of this name is whole, if it is a message at all.
  package static func isFinished(_ name: String) -> Bool {
    name.utf8.count == digits && name.utf8.allSatisfy { $0.isDigit || (0x61...0x66).contains($0) }
  }

  /// A file of this name is still being written, or its writer has died.
  package static func isUnfinished(_ name: String) -> Bool {
    name.hasPrefix(unfinished) && isFinished(String(name.dropFirst(unfinished.count)))
  }
}
