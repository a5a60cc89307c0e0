// In which order dropped messages are taken: the oldest first, and so many of each owner's that nobody who fills the folder
// keeps the mail of others waiting.

import FoundationEssentials
import Glibc
import Message

/// A listing of the folder, of bounded length however many files lie there.
struct DropOrder {
  struct File: Equatable {
    let name: String
    let changedAt: Date
  }

  /// Whose a file is for this purpose. What is no message is nobody's: others can give a user's file a second name.
  private enum Owner: Hashable {
    case user(UInt32)
    case nobody
  }

  private let mostOfOneOwner: Int
  private var files: [Owner: [File]] = [:]

  init(mostOfOneOwner: Int = 1000) { self.mostOfOneOwner = mostOfOneOwner }

  mutating func add(_ name: String, _ found: stat) {
    let isMessage = found.st_mode & S_IFMT == S_IFREG && found.st_nlink == 1
    let isNamedSo = DropName.isFinished(name) || DropName.isUnfinished(name)
    let owner = isMessage && isNamedSo ? Owner.user(found.st_uid) : .nobody
    files[owner, default: []].append(File(name: name, changedAt: found.changedAt))
    if files[owner, default: []].count >= 2 * mostOfOneOwner { shorten(owner) }
  }

  private mutating func shorten(_ owner: Owner) {
    files[owner] = Array(Self.sorted(files[owner] ?? []).prefix(mostOfOneOwner))
  }

  /// The files to look at now.
  var oldestFirst: [File] { Self.sorted(files.values.flatMap { Self.sorted($0).prefix(mostOfOneOwner) }) }

  private static func sorted(_ files: [File]) -> [File] {
    files.sorted { ($0.changedAt, $0.name) < ($1.changedAt, $1.name) }
  }
}
